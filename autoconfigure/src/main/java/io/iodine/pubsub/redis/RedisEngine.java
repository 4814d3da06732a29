package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.PubSubGap;
import io.iodine.RedisCommands;
import io.iodine.pubsub.ChannelHistory;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.Position;
import io.iodine.pubsub.PubSubObserver;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Carries messages through Redis, at most once.
 * <p>
 * All that changes happens on one thread, the engine's: it subscribes, publishes in
 * batches, notices what is lost and connects again. A message that this process publishes
 * comes back from Redis like everybody's; only while Redis is away may it be delivered
 * here directly. What was sent and not confirmed when a connection breaks is not sent
 * again, and counted as lost.
 */
public final class RedisEngine implements PubSubEngine, ChannelHistory, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private static final Duration LAST_CONFIRMATIONS = Duration.ofSeconds(1);

	private final RedisSettings settings;

	private final HistorySettings history;

	private final RedisCommands commands;

	private final RedisRequests requests;

	private final PubSubObserver observer;

	private final EngineThread thread = new EngineThread(this::flush, this::failed);

	private final InFlightRequests places;

	private final PublishFailures losses;

	private final AclFailures refusals;

	private final Availability availability;

	private final RedisPublisher outward;

	private final RedisConnections connections;

	private final ShardedTopics interests;

	/**
	 * Creates an engine, which does nothing until it is started.
	 * @param settings the settings
	 * @param history which channels have a history
	 * @param opener connects to Redis
	 * @param pubSub where messages are delivered
	 * @param observer is told what happens
	 * @param gaps is told when Redis is back
	 */
	RedisEngine(RedisSettings settings, HistorySettings history, RedisLink.Opener opener, PubSub pubSub,
			PubSubObserver observer, Consumer<PubSubGap> gaps) {
		this.settings = settings;
		ChannelNames names = new ChannelNames(settings.prefix(), settings.partitions());
		HistoryStreams streams = new HistoryStreams(names, history);
		this.observer = observer;
		this.history = history;
		this.refusals = new AclFailures(((settings.partitions() > 0) ? "{*}" : "") + settings.prefix() + "*");
		this.places = new InFlightRequests(settings.maxPending(), settings.maxPendingBytes());
		this.losses = new PublishFailures(this, observer);
		this.availability = new Availability(this, settings.whileDown(), this.refusals, observer, gaps);
		RedisReceiver inward = new RedisReceiver(pubSub, parts(pubSub), names, history, streams);
		this.outward = new RedisPublisher(settings.whileDown(), names, history, streams, this.availability, this.places,
				this.losses, this.refusals, inward);
		this.connections = new RedisConnections(opener, settings.pingInterval(), this.thread, this.availability, inward,
				this.outward, this::subscriptionRefused, this::probe);
		this.requests = new RedisRequests(this.thread, this.connections, this.availability, names, streams, this.places,
				this.refusals);
		this.interests = new ShardedTopics(names, this.connections);
		this.commands = new EngineCommands(this.requests);
	}

	/**
	 * An engine over a client of Lettuce.
	 * @param settings the settings
	 * @param history which channels have a history
	 * @param client the client, asked for at each attempt to connect
	 * @param pubSub where messages are delivered
	 * @param observer is told what happens
	 * @param gaps is told when Redis is back
	 * @return the engine, which does nothing until it is started
	 */
	public static RedisEngine over(RedisSettings settings, HistorySettings history,
			Supplier<AbstractRedisClient> client, PubSub pubSub, PubSubObserver observer, Consumer<PubSubGap> gaps) {
		return new RedisEngine(settings, history, (events) -> open(client.get(), settings, history, events), pubSub,
				observer, gaps);
	}

	private static RedisLink open(AbstractRedisClient client, RedisSettings settings, HistorySettings history,
			RedisLink.Events events) {
		if (client instanceof RedisClusterClient cluster) {
			return ClusterLink.open(cluster, settings.partitions() > 0, history.keepsAny(), events);
		}
		return StandaloneLink.open((RedisClient) client, events);
	}

	private static RedisReceiver.Target parts(PubSub pubSub) {
		return (pubSub instanceof ChannelPubSub channels) ? channels::deliver : (channel, message, audience) -> {
			throw new IllegalStateException("shards need iodine's own PubSub, which tells channels from patterns");
		};
	}

	/**
	 * The commands that may be sent on this engine's connection.
	 * @return the same for all
	 */
	public RedisCommands commands() {
		return this.commands;
	}

	/**
	 * Connects, now and whenever the connection is lost. Waits up to three seconds for
	 * the first attempt, so that what is published next finds Redis, and goes on without.
	 */
	public void start() {
		this.thread.post(this.connections::connect);
		this.connections.awaitFirstAttempt();
	}

	/**
	 * Whether Redis is there.
	 * @return the state now
	 */
	public RedisStatus status() {
		return this.availability.status();
	}

	@Override
	public boolean subscribe(String channel, boolean pattern) {
		return this.thread.post(() -> this.interests.begin(channel, pattern));
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		return this.thread.post(() -> this.interests.end(channel, pattern));
	}

	@Override
	public boolean publish(String channel, Message message) {
		if (this.thread.isClosed()) {
			this.losses.lost(channel, "the engine is closed");
			return false;
		}
		if (this.settings.whileDown() == OutagePolicy.FAIL && !this.availability.isUp()) {
			this.losses.lost(channel, "Redis is away, and iodine.pubsub.redis.while-down is fail");
			return false;
		}
		PendingPublish outgoing = new PendingPublish(channel, message);
		if (!this.places.take(outgoing.size())) {
			this.losses.lost(channel,
					"iodine.pubsub.redis.max-pending (" + this.settings.maxPending()
							+ ") messages, or max-pending-size (" + this.settings.maxPendingBytes()
							+ " bytes) of them, wait for Redis");
			return false;
		}
		return this.thread.post(() -> this.outward.dispatch(outgoing));
	}

	@Override
	public CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		return this.requests.since(channel, since, max);
	}

	/**
	 * How many subscriptions Redis was told of and has not confirmed; all of them while
	 * it is away.
	 */
	int unconfirmed() {
		CompletableFuture<Integer> count = new CompletableFuture<>();
		this.thread.post(() -> count.complete(this.connections.unconfirmed()));
		return count.join();
	}

	/**
	 * Ends both connections, after at most a second in which Redis confirms what was
	 * published.
	 */
	@Override
	public void close() {
		CountDownLatch done = new CountDownLatch(1);
		long deadline = System.nanoTime() + LAST_CONFIRMATIONS.toNanos();
		if (!this.thread.post(() -> closeWhenConfirmed(done, deadline))) {
			return;
		}
		this.thread.close();
		try {
			done.await(2 * LAST_CONFIRMATIONS.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.connections.stop();
		this.thread.stop();
	}

	private void closeWhenConfirmed(CountDownLatch done, long deadline) {
		if (this.availability.isUp() && !this.places.areAllFree() && System.nanoTime() < deadline) {
			this.thread.later(Duration.ofMillis(5), () -> closeWhenConfirmed(done, deadline));
			return;
		}
		this.connections.end();
		done.countDown();
	}

	private void flush() {
		this.connections.flush();
	}

	private void probe(RedisSession session) {
		if (this.history.keepsAny()) {
			this.requests.probeHistory(session);
		}
	}

	private void subscriptionRefused(Topic topic, Throwable failure) {
		this.refusals.check(failure);
		logger.warn("Redis refused the subscription of " + topic + ": " + failure.getMessage());
		this.observer.engineFailed(this);
	}

	private void failed(RuntimeException failure) {
		logger.error("The Redis engine failed", failure);
		this.observer.engineFailed(this);
	}

}
