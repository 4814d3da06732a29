package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubGap;
import io.iodine.RedisCommands;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.pubsub.BrokerAwayException;
import io.iodine.pubsub.ChannelHistory;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.ConfirmingEngine;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.Position;
import io.iodine.pubsub.PresenceStore;
import io.iodine.pubsub.PubSubObserver;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages through Redis, at most once.
 * <p>
 * All that changes happens on one thread, the engine's: it subscribes, publishes in
 * batches, notices what is lost and connects again. A message that this process publishes
 * comes back from Redis like everybody's; only while Redis is away may it be delivered
 * here directly. What was sent and not confirmed when a connection breaks is not sent
 * again, and counted as lost.
 */
public final class RedisEngine implements ConfirmingEngine, ChannelHistory, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private static final int PRESENCE_REQUESTS = 4_096;

	private static final Duration LAST_CONFIRMATIONS = Duration.ofSeconds(1);

	private final RedisSettings settings;

	private final String address;

	private final HistorySettings history;

	private final RedisCommands commands;

	private final RedisRequests requests;

	private final PubSubObserver observer;

	private final EngineThread thread = new EngineThread(this::flush, this::failed);

	private final InFlightRequests inFlight;

	private final PublishFailures publishFailures;

	private final AclFailures aclFailures;

	private final RedisAvailability availability;

	private final RedisPublisher publisher;

	private final RedisConnections connections;

	private final ShardedTopics interests;

	private final MessageLossDetector check;

	private final ThrottledLog rejections = new ThrottledLog(logger);

	private volatile boolean running;

	/**
	 * Creates an engine, which does nothing until it is started.
	 * @param settings the settings
	 * @param history which channels have a history
	 * @param opener connects to Redis
	 * @param address where Redis is, for log lines
	 * @param pubSub where messages are delivered
	 * @param observer is notified of failures and outages
	 * @param gaps is notified when Redis is reachable again
	 */
	RedisEngine(RedisSettings settings, HistorySettings history, RedisLink.Opener opener, String address, PubSub pubSub,
			PubSubObserver observer, Consumer<PubSubGap> gaps) {
		this.settings = settings;
		this.address = address;
		ChannelNames names = new ChannelNames(settings.prefix(), settings.partitions());
		HistoryStreams streams = new HistoryStreams(names, history);
		this.observer = observer;
		this.history = history;
		this.aclFailures = new AclFailures(((settings.partitions() > 0) ? "{*}" : "") + settings.prefix() + "*");
		this.inFlight = new InFlightRequests(settings.maxPending(), settings.maxPendingBytes());
		this.publishFailures = new PublishFailures(this, observer);
		this.availability = new RedisAvailability(this, settings.whileDown(), this.aclFailures, observer, gaps);
		this.check = new MessageLossDetector(this.thread, history, streams, gaps);
		RedisReceiver receiver = new RedisReceiver(pubSub, parts(pubSub), names, history, streams, this.check);
		this.publisher = new RedisPublisher(settings.whileDown(), names, history, streams, this.availability,
				this.inFlight, this.publishFailures, this.aclFailures, receiver);
		this.connections = new RedisConnections(opener, settings.pingInterval(), this.thread, this.availability,
				receiver, this.publisher, this::subscriptionRefused, this::probe, this.check,
				(topic) -> !topic.pattern() && history.keeps(names.ofApplication(topic.bytes())));
		this.requests = new RedisRequests(this.thread, this.connections, this.availability, names, streams,
				this.inFlight, this.aclFailures);
		this.interests = new ShardedTopics(names, this.connections);
		this.commands = new EngineCommands(this.requests);
	}

	/**
	 * An engine over a client of Lettuce.
	 * @param settings the settings
	 * @param history which channels have a history
	 * @param client the client, asked for at each attempt to connect
	 * @param address where Redis is, for log lines
	 * @param pubSub where messages are delivered
	 * @param observer is notified of failures and outages
	 * @param gaps is notified when Redis is reachable again
	 * @return the engine, which does nothing until it is started
	 */
	public static RedisEngine over(RedisSettings settings, HistorySettings history,
			Supplier<AbstractRedisClient> client, String address, PubSub pubSub, PubSubObserver observer,
			Consumer<PubSubGap> gaps) {
		return new RedisEngine(settings, history, (events) -> open(client.get(), settings, history, events), address,
				pubSub, observer, gaps);
	}

	private static RedisLink open(AbstractRedisClient client, RedisSettings settings, HistorySettings history,
			RedisLink.Events events) {
		if (client instanceof RedisClusterClient cluster) {
			return ClusterLink.open(cluster, settings.partitions() > 0, history.keepsAny(), events);
		}
		return StandaloneLink.open((RedisClient) client, history.keepsAny(), events);
	}

	private static RedisReceiver.Target parts(PubSub pubSub) {
		return (pubSub instanceof ChannelPubSub channels) ? channels::deliver : (channel, message, audience) -> {
			throw new IllegalStateException(
					"shards need iodine's own PubSub, which distinguishes channels from patterns");
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
	 * Keeps in Redis who is on channels. What it sends has an allowance of its own, so
	 * that many members don't have messages refused.
	 * @param timeToLive how long a member is there after it was last said to be
	 * @return the store
	 */
	public PresenceStore presence(Duration timeToLive) {
		InFlightRequests allowance = new InFlightRequests(PRESENCE_REQUESTS, Long.MAX_VALUE);
		return new RedisPresence(new EngineCommands(this.requests.within(allowance)), this.settings.prefix(),
				timeToLive);
	}

	/**
	 * Connects, now and whenever the connection is lost, until it is stopped. Waits up to
	 * three seconds for the first attempt, so that what is published next finds Redis,
	 * and goes on without.
	 */
	public void start() {
		Runnable firstAttempt = this.connections.firstAttempt();
		this.running = true;
		if (this.thread.post(this.connections::start)) {
			firstAttempt.run();
		}
	}

	/**
	 * Ends both connections, after at most a second in which Redis confirms what was
	 * published. Subscriptions are kept for the next start.
	 */
	public void stop() {
		this.running = false;
		CountDownLatch done = new CountDownLatch(1);
		long deadline = System.nanoTime() + LAST_CONFIRMATIONS.toNanos();
		if (this.thread.post(() -> stopWhenConfirmed(done, deadline))) {
			await(done);
		}
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
		return this.thread.post(() -> {
			this.interests.begin(channel, pattern);
			if (!pattern) {
				this.check.begin(channel);
			}
		});
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		return this.thread.post(() -> {
			this.interests.end(channel, pattern);
			if (!pattern) {
				this.check.end(channel);
			}
		});
	}

	@Override
	public boolean publish(String channel, Message message) {
		return offer(new PendingPublish(channel, message)) == null;
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message, @Nullable String idempotencyKey) {
		CompletableFuture<String> confirmation = new CompletableFuture<>();
		String rejection = offer(new PendingPublish(channel, message, idempotencyKey, confirmation));
		if (rejection != null) {
			confirmation.completeExceptionally(new BrokerAwayException("The message was not published: " + rejection));
		}
		return confirmation;
	}

	/** Takes a message, or says why not. */
	private @Nullable String offer(PendingPublish outgoing) {
		String rejection = rejectionOf(outgoing);
		if (rejection == null && !this.thread.post(() -> this.publisher.dispatch(outgoing))) {
			rejection = "the engine is closed";
		}
		if (rejection != null) {
			this.publishFailures.lost(outgoing.channel(), rejection);
		}
		return rejection;
	}

	private @Nullable String rejectionOf(PendingPublish outgoing) {
		if (!this.running) {
			return "the engine is stopped";
		}
		if (this.settings.whileDown() == OutagePolicy.FAIL && !this.availability.isUp()) {
			return "Redis is away, and iodine.pubsub.redis.while-down is fail";
		}
		return this.inFlight.take(outgoing.size()) ? null
				: "iodine.pubsub.redis.max-pending (" + this.settings.maxPending() + ") messages, or max-pending-size ("
						+ this.settings.maxPendingBytes() + " bytes) of them, wait for Redis";
	}

	@Override
	public CompletionStage<List<Message>> last(String channel, int max) {
		return this.requests.last(channel, max);
	}

	@Override
	public CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		return this.requests.since(channel, since, max);
	}

	/**
	 * Number of subscriptions sent to Redis and not confirmed; all of them while it is
	 * away.
	 */
	int unconfirmed() {
		CompletableFuture<Integer> count = new CompletableFuture<>();
		this.thread.post(() -> count.complete(this.connections.unconfirmed()));
		return count.join();
	}

	/** Stops for good, and ends the engine's threads. */
	@Override
	public void close() {
		stop();
		CountDownLatch done = new CountDownLatch(1);
		boolean posted = this.thread.post(() -> {
			this.publisher.dropBacklog("the engine is closed");
			done.countDown();
		});
		this.thread.close();
		if (posted) {
			await(done);
		}
		this.connections.close();
		this.thread.stop();
	}

	private static void await(CountDownLatch done) {
		try {
			done.await(2 * LAST_CONFIRMATIONS.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void stopWhenConfirmed(CountDownLatch done, long deadline) {
		if (this.running) {
			done.countDown();
		}
		else if (this.availability.isUp() && !this.inFlight.areAllFree() && System.nanoTime() < deadline) {
			this.thread.later(Duration.ofMillis(5), () -> stopWhenConfirmed(done, deadline));
		}
		else {
			CompletableFuture<?> unused = this.connections.stop().whenComplete((closed, failure) -> done.countDown());
		}
	}

	@Override
	public String toString() {
		return "Redis at " + this.address;
	}

	private void flush() {
		this.connections.flush();
	}

	private CompletionStage<?> probe(RedisSession session) {
		return this.history.keepsAny() ? this.requests.probeHistory(session) : CompletableFuture.completedFuture(null);
	}

	private void subscriptionRefused(Topic topic, Throwable failure) {
		this.aclFailures.check(failure);
		this.rejections.warn(() -> "Redis refused the subscription of " + topic + ": " + failure.getMessage()
				+ " (tried again in 30 s)");
		this.observer.engineFailed(this);
	}

	private void failed(Throwable failure) {
		SafeLog.error(logger, () -> "The Redis engine failed", failure);
		this.observer.engineFailed(this);
	}

}
