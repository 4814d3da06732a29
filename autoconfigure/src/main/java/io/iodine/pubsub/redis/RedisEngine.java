package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.PubSubGap;
import io.iodine.RedisCommands;
import io.iodine.pubsub.ChannelHistory;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.LossLog;
import io.iodine.pubsub.Missed;
import io.iodine.pubsub.Position;
import io.iodine.pubsub.PubSubObserver;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
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
public final class RedisEngine implements PubSubEngine, ChannelHistory, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private static final LossLog losses = new LossLog(logger);

	private static final int TOPICS_A_COMMAND = 500;

	private static final int TASKS_A_FLUSH = 1_000;

	private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(3);

	private static final Duration LAST_CONFIRMATIONS = Duration.ofSeconds(1);

	private final RedisSettings settings;

	private final HistorySettings historySettings;

	private final HistoryStreams streams;

	private final ChannelNames names;

	private final RedisLink.Opener opener;

	private final RedisCommands commands = new EngineCommands(this);

	private final PubSub pubSub;

	private final PubSubObserver observer;

	private final Consumer<PubSubGap> gaps;

	private final ScheduledExecutorService thread = engineThread();

	private final ExecutorService connector = Executors.newSingleThreadExecutor(daemon("iodine-redis-connector"));

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean turnScheduled = new AtomicBoolean();

	/** Messages queued, held, or sent and not confirmed. */
	private final AtomicInteger pending = new AtomicInteger();

	private final CountDownLatch firstAttempt = new CountDownLatch(1);

	private volatile RedisStatus status = new RedisStatus(false, Instant.now(), "not connected yet");

	private volatile boolean closed;

	/**
	 * Guards {@link #source}: messages of a link that is given up must not follow what is
	 * delivered in its stead.
	 */
	private final Object inward = new Object();

	private @Nullable Session source;

	// Owned by the engine's thread from here on.

	private final Set<Topic> topics = new LinkedHashSet<>();

	private final Deque<Outgoing> backlog = new ArrayDeque<>();

	private final BackOff backOff = new BackOff(ThreadLocalRandom.current());

	private @Nullable Session session;

	private boolean flushNeeded;

	private long downSince = System.nanoTime();

	private Instant downAt = Instant.now();

	private boolean saidDown;

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
		this.historySettings = history;
		this.streams = new HistoryStreams(settings.prefix(), history);
		this.names = new ChannelNames(settings.prefix());
		this.opener = opener;
		this.pubSub = pubSub;
		this.observer = observer;
		this.gaps = gaps;
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
		return new RedisEngine(settings, history, (events) -> LettuceLink.open((RedisClient) client.get(), events),
				pubSub, observer, gaps);
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
		post(this::connect);
		try {
			this.firstAttempt.await(FIRST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Whether Redis is there.
	 * @return the state now
	 */
	public RedisStatus status() {
		return this.status;
	}

	@Override
	public boolean subscribe(String channel, boolean pattern) {
		Topic topic = this.names.topic(channel, pattern);
		return post(() -> {
			this.topics.add(topic);
			if (this.session != null) {
				this.session.subscribe(List.of(topic));
			}
		});
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		Topic topic = this.names.topic(channel, pattern);
		return post(() -> {
			if (this.topics.remove(topic) && this.session != null) {
				this.session.unsubscribe(topic);
			}
		});
	}

	@Override
	public boolean publish(String channel, Message message) {
		if (this.closed) {
			lost(channel, "the engine is closed");
			return false;
		}
		if (this.settings.whileDown() == WhileDown.FAIL && !this.status.up()) {
			lost(channel, "Redis is away, and iodine.pubsub.redis.while-down is fail");
			return false;
		}
		if (!takePlace()) {
			lost(channel,
					"iodine.pubsub.redis.max-pending (" + this.settings.maxPending() + ") messages wait for Redis");
			return false;
		}
		Outgoing outgoing = new Outgoing(channel, message);
		return post(() -> dispatch(outgoing));
	}

	@Override
	public CompletionStage<Missed> since(String channel, Position since, int max) {
		CompletableFuture<Missed> missed = new CompletableFuture<>();
		if (!post(() -> readHistory(channel, since, max, missed))) {
			missed.completeExceptionally(new IllegalStateException("the Redis engine is closed"));
		}
		return missed;
	}

	/**
	 * Reads when the channel's subscription is confirmed, so that nothing falls between
	 * history and present.
	 */
	private void readHistory(String channel, Position since, int max, CompletableFuture<Missed> missed) {
		Session reader = this.session;
		if (reader == null) {
			missed.completeExceptionally(away());
			return;
		}
		reader.whenConfirmed(this.names.topic(channel, false), () -> {
			if (this.session != reader) {
				missed.completeExceptionally(away());
				return;
			}
			this.flushNeeded = true;
			reader.link()
				.command("EVAL", this.streams.read(channel, since, max))
				.thenApply((reply) -> this.streams.missed(reply, since, max))
				.whenComplete((read, failure) -> complete(missed, read, failure));
		});
	}

	private static <T extends @Nullable Object> void complete(CompletableFuture<T> future, T value,
			@Nullable Throwable failure) {
		if (failure != null) {
			future.completeExceptionally(failure);
		}
		else {
			future.complete(value);
		}
	}

	private IllegalStateException away() {
		return new IllegalStateException("Redis is away: " + this.status.detail());
	}

	/**
	 * How many subscriptions Redis was told of and has not confirmed; all of them while
	 * it is away.
	 */
	int unconfirmed() {
		CompletableFuture<Integer> count = new CompletableFuture<>();
		post(() -> count.complete((this.session != null) ? this.session.unconfirmed.size() : this.topics.size()));
		return count.join();
	}

	/**
	 * Sends a command on the publishing connection.
	 * @param name the command
	 * @param args its arguments
	 * @return the reply in plain values; fails when Redis is away
	 */
	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();
		boolean posted = post(() -> {
			if (this.session == null) {
				reply.completeExceptionally(away());
				return;
			}
			this.flushNeeded = true;
			this.session.link().command(name, args).whenComplete((value, failure) -> complete(reply, value, failure));
		});
		if (!posted) {
			reply.completeExceptionally(new IllegalStateException("the Redis engine is closed"));
		}
		return reply;
	}

	/**
	 * Ends both connections, after at most a second in which Redis confirms what was
	 * published.
	 */
	@Override
	public void close() {
		CountDownLatch done = new CountDownLatch(1);
		long deadline = System.nanoTime() + LAST_CONFIRMATIONS.toNanos();
		if (this.closed || !post(() -> closeWhenConfirmed(done, deadline))) {
			return;
		}
		this.closed = true;
		try {
			done.await(2 * LAST_CONFIRMATIONS.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.connector.shutdownNow();
		this.thread.shutdownNow();
	}

	private void closeWhenConfirmed(CountDownLatch done, long deadline) {
		if (this.status.up() && this.pending.get() > 0 && System.nanoTime() < deadline) {
			later(Duration.ofMillis(5), () -> closeWhenConfirmed(done, deadline));
			return;
		}
		Session last = this.session;
		this.session = null;
		setSource(null);
		if (last != null) {
			last.end();
		}
		done.countDown();
	}

	private boolean takePlace() {
		int taken = this.pending.get();
		while (taken < this.settings.maxPending()) {
			if (this.pending.compareAndSet(taken, taken + 1)) {
				return true;
			}
			taken = this.pending.get();
		}
		return false;
	}

	private boolean post(Runnable task) {
		if (this.closed) {
			return false;
		}
		this.mailbox.add(task);
		if (this.turnScheduled.compareAndSet(false, true)) {
			try {
				this.thread.execute(this::turn);
			}
			catch (RejectedExecutionException ex) {
				return false;
			}
		}
		return true;
	}

	private void turn() {
		this.turnScheduled.set(false);
		int done = 0;
		for (Runnable task = this.mailbox.poll(); task != null; task = this.mailbox.poll()) {
			run(task);
			if (++done % TASKS_A_FLUSH == 0) {
				flush();
			}
		}
		flush();
	}

	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.error("The Redis engine failed", ex);
			this.observer.engineFailed(this);
		}
	}

	private void later(Duration delay, Runnable task) {
		Future<?> unused = this.thread.schedule(() -> run(task), delay.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void flush() {
		if (this.flushNeeded && this.session != null) {
			this.session.link().flush();
		}
		this.flushNeeded = false;
	}

	private void dispatch(Outgoing outgoing) {
		if (this.status.up() && this.session != null) {
			this.session.publish(outgoing);
		}
		else {
			WhileDown policy = (this.settings.whileDown() == WhileDown.LOCAL
					&& this.historySettings.keeps(outgoing.channel)) ? WhileDown.QUEUE : this.settings.whileDown();
			switch (policy) {
				case LOCAL -> {
					this.pending.decrementAndGet();
					deliver(outgoing.channel, outgoing.message);
				}
				case QUEUE -> this.backlog.add(outgoing);
				case FAIL -> {
					this.pending.decrementAndGet();
					lost(outgoing.channel, "Redis is away, and iodine.pubsub.redis.while-down is fail");
				}
			}
		}
	}

	private void deliver(String channel, Message message) {
		this.pubSub.publish(channel, message, this.pubSub.localEngine());
	}

	private void lost(String channel, String reason) {
		losses.lost("message published to channel '" + channel + "': " + reason);
		this.observer.engineMessageLost(this);
	}

	private void connect() {
		this.connector.execute(() -> {
			Session attempt = new Session();
			try {
				RedisLink link = this.opener.open(attempt);
				if (!post(() -> connected(attempt, link))) {
					link.close();
				}
			}
			catch (RuntimeException ex) {
				post(() -> away(ex));
			}
		});
	}

	private void connected(Session attempt, RedisLink link) {
		attempt.link = link;
		if (attempt.lost) {
			link.close();
			away(new IllegalStateException("the connection was closed at once"));
			return;
		}
		this.session = attempt;
		setSource(attempt);
		later(this.settings.pingInterval(), () -> ping(attempt));
		List<Topic> all = new ArrayList<>(this.topics);
		for (int from = 0; from < all.size(); from += TOPICS_A_COMMAND) {
			attempt.subscribe(all.subList(from, Math.min(all.size(), from + TOPICS_A_COMMAND)));
		}
		attempt.upWhenConfirmed();
	}

	private void ping(Session pinged) {
		if (this.session != pinged) {
			return;
		}
		if (pinged.commandsSilent || pinged.subscriptionsSilent) {
			lost(pinged, "a ping was not answered in " + this.settings.pingInterval().toMillis() + " ms");
			return;
		}
		pinged.commandsSilent = true;
		pinged.subscriptionsSilent = true;
		pinged.link().pingCommands().thenRun(() -> pinged.commandsSilent = false);
		pinged.link().pingSubscriptions().thenRun(() -> pinged.subscriptionsSilent = false);
		pinged.link().flush();
		later(this.settings.pingInterval(), () -> ping(pinged));
	}

	private void up() {
		Duration gap = Duration.ofNanos(System.nanoTime() - this.downSince);
		this.status = new RedisStatus(true, Instant.now(), "connected");
		this.backOff.reset();
		if (this.saidDown) {
			this.saidDown = false;
			logger.info("Redis is back after " + gap.toMillis() + " ms, and " + this.topics.size()
					+ " subscriptions are confirmed. What other processes published meanwhile was not heard here.");
			this.observer.engineUp(this, gap);
			this.gaps.accept(new PubSubGap(this.downAt, gap));
		}
		for (Outgoing outgoing = this.backlog.poll(); outgoing != null; outgoing = this.backlog.poll()) {
			dispatch(outgoing);
		}
		this.firstAttempt.countDown();
	}

	private void lost(Session broken, String reason) {
		if (this.session != broken) {
			return;
		}
		if (this.status.up()) {
			this.downSince = System.nanoTime();
			this.downAt = Instant.now();
		}
		this.session = null;
		setSource(null);
		this.status = new RedisStatus(false, this.downAt, reason);
		broken.end();
		away(new IllegalStateException(reason));
	}

	private void away(RuntimeException reason) {
		this.status = new RedisStatus(false, this.downAt, String.valueOf(reason.getMessage()));
		if (!this.saidDown) {
			this.saidDown = true;
			logger.warn("Redis is away (" + reason.getMessage() + "); meanwhile messages follow "
					+ "iodine.pubsub.redis.while-down=" + this.settings.whileDown().name().toLowerCase(Locale.ROOT));
			this.observer.engineDown(this);
		}
		this.firstAttempt.countDown();
		if (!this.closed) {
			later(this.backOff.next(), this::connect);
		}
	}

	private void setSource(@Nullable Session next) {
		synchronized (this.inward) {
			this.source = next;
		}
	}

	private void received(Session from, byte[] name, byte[] payload) {
		String channel = this.names.ofApplication(name);
		Message message = this.historySettings.keeps(channel) ? this.streams.received(payload)
				: Payload.message(payload);
		synchronized (this.inward) {
			if (this.source == from) {
				deliver(channel, message);
			}
		}
	}

	private static ScheduledExecutorService engineThread() {
		ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, daemon("iodine-redis"));
		thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		return thread;
	}

	private static ThreadFactory daemon(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

	private record Outgoing(String channel, Message message) {

		byte[] payload() {
			return this.message.asBytes();
		}

	}

	/**
	 * One life of the connections: from a successful attempt to the first break. Events
	 * come on their event loops.
	 */
	private final class Session implements RedisLink.Events {

		private final PublishBoundary boundary = new PublishBoundary();

		private volatile boolean lost;

		/**
		 * Whether nothing came since the last ping: an answer may wait behind much else
		 * that proves as much.
		 */
		private volatile boolean commandsSilent;

		private volatile boolean subscriptionsSilent;

		// Owned by the engine's thread.

		private final Map<Topic, Integer> unconfirmed = new HashMap<>();

		/**
		 * What waits for a subscription to be confirmed: messages, so that who publishes
		 * hears them, and readers.
		 */
		private final Map<Topic, Deque<Runnable>> held = new HashMap<>();

		private @Nullable RedisLink link;

		RedisLink link() {
			return Objects.requireNonNull(this.link);
		}

		void subscribe(List<Topic> topics) {
			topics.forEach((topic) -> this.unconfirmed.merge(topic, 1, Integer::sum));
			List<Topic> asked = List.copyOf(topics);
			link().subscribe(asked).whenComplete((done, failure) -> {
				if (failure != null) {
					post(() -> refused(asked, failure));
				}
			});
		}

		void unsubscribe(Topic topic) {
			link().unsubscribe(topic).whenComplete((done, failure) -> {
				if (failure != null && !this.lost) {
					logger.warn("Redis refused to end the subscription of " + topic, failure);
				}
			});
		}

		/**
		 * One forbidden channel makes Redis refuse a whole command, so each of its
		 * channels gets one of its own.
		 */
		private void refused(List<Topic> asked, Throwable failure) {
			if (RedisEngine.this.session != this) {
				return;
			}
			if (asked.size() > 1) {
				asked.forEach((topic) -> {
					confirmed(topic);
					subscribe(List.of(topic));
				});
				return;
			}
			logger.warn("Redis refused the subscription of " + asked.get(0) + ": " + failure.getMessage());
			RedisEngine.this.observer.engineFailed(RedisEngine.this);
			confirmed(asked.get(0));
		}

		void publish(Outgoing outgoing) {
			Topic topic = RedisEngine.this.names.topic(outgoing.channel, false);
			if (this.unconfirmed.containsKey(topic)) {
				whenConfirmed(topic, () -> dispatch(outgoing));
			}
			else {
				send(outgoing);
			}
		}

		/**
		 * Runs a task on the engine's thread when a subscription is confirmed, or the
		 * session has ended.
		 */
		void whenConfirmed(Topic topic, Runnable task) {
			if (this.unconfirmed.containsKey(topic)) {
				this.held.computeIfAbsent(topic, (key) -> new ArrayDeque<>()).add(task);
			}
			else {
				task.run();
			}
		}

		private void send(Outgoing outgoing) {
			RedisEngine.this.flushNeeded = true;
			hand(outgoing).whenComplete((reply, failure) -> {
				RedisEngine.this.pending.decrementAndGet();
				if (failure == null) {
					this.commandsSilent = false;
				}
				else {
					RedisEngine.this.lost(outgoing.channel, "Redis did not confirm it: " + failure.getMessage());
				}
			});
		}

		private CompletionStage<?> hand(Outgoing outgoing) {
			byte[] channel = RedisEngine.this.names.inRedis(outgoing.channel);
			if (!RedisEngine.this.historySettings.keeps(outgoing.channel)) {
				return link().publish(channel, outgoing.payload());
			}
			return link().command("EVAL",
					RedisEngine.this.streams.append(outgoing.channel, channel, outgoing.payload()));
		}

		void upWhenConfirmed() {
			if (!RedisEngine.this.status.up() && this.unconfirmed.isEmpty()) {
				up();
			}
		}

		/**
		 * Gives up the connections; what was held takes the way of messages published
		 * while Redis is away.
		 */
		void end() {
			link().close();
			this.held.values().forEach((waiting) -> waiting.forEach(Runnable::run));
			this.held.clear();
		}

		@Override
		public void message(byte[] channel, byte[] payload) {
			this.subscriptionsSilent = false;
			this.boundary.channelCopy(channel, payload);
			received(this, channel, payload);
		}

		@Override
		public void patternMessage(byte[] pattern, byte[] channel, byte[] payload) {
			this.subscriptionsSilent = false;
			String name = new String(pattern, StandardCharsets.UTF_8);
			if (this.boundary.patternCopy(name, channel, payload)) {
				received(this, channel, payload);
			}
		}

		@Override
		public void subscribed(Topic topic) {
			this.boundary.reset();
			post(() -> confirmed(topic));
		}

		private void confirmed(Topic topic) {
			Integer left = this.unconfirmed.computeIfPresent(topic, (key, count) -> (count > 1) ? count - 1 : null);
			if (left == null && RedisEngine.this.session == this) {
				Deque<Runnable> waiting = this.held.remove(topic);
				if (waiting != null) {
					waiting.forEach(Runnable::run);
				}
				upWhenConfirmed();
			}
		}

		@Override
		public void unsubscribed() {
			this.boundary.reset();
		}

		@Override
		public void lost() {
			this.lost = true;
			post(() -> RedisEngine.this.lost(this, "a connection was lost"));
		}

	}

}
