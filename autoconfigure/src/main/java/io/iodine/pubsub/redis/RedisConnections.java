package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a session with Redis: connects, subscribes to everything again, and does so anew
 * when the session is lost. Owned by the engine's thread.
 */
final class RedisConnections implements RedisSession.Keeper {

	/**
	 * After so long another attempt is made beside it: an attempt at a frozen server
	 * hangs for as long as {@code spring.data.redis.timeout}.
	 */
	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

	private static final int MAX_ATTEMPTS = 12;

	/** A server that is lost again before this is not tried again at once. */
	private static final long STABLE = Duration.ofSeconds(10).toNanos();

	private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(3);

	private final RedisLink.Opener opener;

	private final Duration pingInterval;

	private final EngineThread thread;

	private final RedisAvailability availability;

	private final RedisReceiver receiver;

	private final RedisPublisher publisher;

	private final BiConsumer<Topic, Throwable> rejections;

	private final Function<RedisSession, CompletionStage<?>> probe;

	private final MessageLossDetector check;

	private final Predicate<Topic> keepsHistory;

	private final ExecutorService connector = new ThreadPoolExecutor(0, MAX_ATTEMPTS, 10, TimeUnit.SECONDS,
			new SynchronousQueue<>(), EngineThread.daemon("iodine-redis-connector"));

	/** Of the newest start. */
	private volatile CountDownLatch firstAttempt = new CountDownLatch(1);

	private final Set<Topic> topics = new LinkedHashSet<>();

	private final RedisReconnectPolicy backOff = new RedisReconnectPolicy(ThreadLocalRandom.current());

	private @Nullable RedisSession session;

	/** Numbers attempts; one that isn't the last has been retried. */
	private int attempts;

	/** The session that has been probed. */
	private @Nullable RedisSession probed;

	/** When the session began to be used. */
	private long upSince;

	/** Whether a session is wanted: from a start to the next stop. */
	private boolean running;

	RedisConnections(RedisLink.Opener opener, Duration pingInterval, EngineThread thread,
			RedisAvailability availability, RedisReceiver receiver, RedisPublisher publisher,
			BiConsumer<Topic, Throwable> rejections, Function<RedisSession, CompletionStage<?>> probe,
			MessageLossDetector check, Predicate<Topic> keepsHistory) {
		this.opener = opener;
		this.pingInterval = pingInterval;
		this.thread = thread;
		this.availability = availability;
		this.receiver = receiver;
		this.publisher = publisher;
		this.rejections = rejections;
		this.probe = probe;
		this.check = check;
		this.keepsHistory = keepsHistory;
	}

	/** The session, confirmed or not; null while Redis is away. */
	@Nullable RedisSession session() {
		return this.session;
	}

	void subscribe(Topic topic) {
		if (this.topics.add(topic) && this.session != null) {
			this.session.change(topic);
		}
	}

	void unsubscribe(Topic topic) {
		if (this.topics.remove(topic) && this.session != null) {
			this.session.change(topic);
		}
	}

	int unconfirmed() {
		return (this.session != null) ? this.session.unconfirmed() : this.topics.size();
	}

	void flush() {
		if (this.session != null) {
			this.session.flush();
		}
	}

	/** Keeps a session from now on. */
	void start() {
		this.running = true;
		this.backOff.reset();
		if (this.session != null) {
			this.firstAttempt.countDown();
		}
		connect();
	}

	/**
	 * Connects on a thread of its own, for that blocks; and tries anew when it blocks for
	 * too long, as it does when a server is frozen.
	 */
	private void connect() {
		if (this.session != null || !this.running) {
			return;
		}
		int attempt = ++this.attempts;
		this.thread.later(CONNECT_TIMEOUT, () -> failed(attempt, "connecting takes too long"));
		try {
			this.connector.execute(() -> open(attempt));
		}
		catch (RejectedExecutionException ex) {
			failed(attempt, MAX_ATTEMPTS + " attempts to connect have had no answer");
		}
	}

	private void open(int attempt) {
		try {
			RedisSession opened = new RedisSession(this.opener, this.thread, this.receiver, this);
			if (!this.thread.post(() -> connected(attempt, opened))) {
				CompletableFuture<?> unused = opened.end();
			}
		}
		catch (Throwable ex) {
			this.thread.post(() -> failed(attempt, ConnectionLossListener.reason(ex)));
		}
	}

	private void failed(int attempt, String reason) {
		if (attempt == this.attempts && this.session == null && this.running) {
			this.attempts++;
			retry(reason);
		}
	}

	/**
	 * Expects another first attempt.
	 * @return waits for its end, but not for long
	 */
	Runnable firstAttempt() {
		CountDownLatch attempt = new CountDownLatch(1);
		this.firstAttempt = attempt;
		return () -> await(attempt);
	}

	private static void await(CountDownLatch attempt) {
		try {
			attempt.await(FIRST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void connected(int attempt, RedisSession opened) {
		if (opened.isLost() || this.session != null || !this.running) {
			CompletableFuture<?> unused = opened.end();
			failed(attempt, "the connection was closed at once");
			return;
		}
		use(opened);
		opened.pingEvery(this.pingInterval);
		opened.follow(this.topics);
		this.probe.apply(opened).whenComplete((done, failure) -> this.thread.post(() -> probed(opened)));
	}

	/**
	 * What the probe was answered shows in the health; a server that is lost by it does
	 * not come up.
	 */
	private void probed(RedisSession opened) {
		if (this.session == opened) {
			this.probed = opened;
			confirmed(opened);
		}
	}

	@Override
	public void confirmed(RedisSession confirmed) {
		if (this.probed == confirmed && confirmed.unconfirmed() == 0 && !this.availability.isUp()) {
			this.upSince = System.nanoTime();
			this.check.restart();
			this.availability.up(this.topics.size(), this.topics.stream().allMatch(this.keepsHistory));
			this.publisher.sendBacklog();
			this.firstAttempt.countDown();
		}
	}

	@Override
	public void alive(RedisSession alive) {
		if (this.session == alive && this.availability.isUp()) {
			this.check.round(alive, this.pingInterval);
		}
	}

	@Override
	public void refused(Topic topic, Throwable failure) {
		this.rejections.accept(topic, failure);
	}

	@Override
	public void lost(RedisSession broken, String reason) {
		if (this.session == broken) {
			if (this.availability.isUp() && System.nanoTime() - this.upSince > STABLE) {
				this.backOff.reset();
			}
			use(null);
			this.availability.away(reason);
			CompletableFuture<?> unused = broken.end();
			retry(reason);
		}
	}

	private void retry(String reason) {
		this.availability.away(reason);
		this.firstAttempt.countDown();
		this.thread.later(this.backOff.next(), this::connect);
	}

	private void use(@Nullable RedisSession next) {
		this.session = next;
		this.probed = null;
		this.receiver.receiveFrom(next);
		this.publisher.through(next);
	}

	/**
	 * Ends the session until the next start.
	 * @return completes when its connections are closed
	 */
	CompletableFuture<?> stop() {
		this.running = false;
		this.attempts++;
		this.availability.stopped();
		RedisSession last = this.session;
		use(null);
		return (last != null) ? last.end() : CompletableFuture.completedFuture(null);
	}

	/** Ends the thread that connects. */
	void close() {
		this.connector.shutdownNow();
	}

}
