package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a session with Redis: connects, subscribes to everything again, and does so anew
 * when the session is lost. Owned by the engine's thread.
 */
final class Connections implements Session.Keeper {

	private static final int TOPICS_A_COMMAND = 500;

	private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(3);

	private final RedisLink.Opener opener;

	private final Duration pingInterval;

	private final EngineThread thread;

	private final Availability availability;

	private final Inward inward;

	private final Outward outward;

	private final BiConsumer<Topic, Throwable> refusals;

	private final ExecutorService connector = Executors
		.newSingleThreadExecutor(EngineThread.daemon("iodine-redis-connector"));

	private final CountDownLatch firstAttempt = new CountDownLatch(1);

	private final Set<Topic> topics = new LinkedHashSet<>();

	private final BackOff backOff = new BackOff(ThreadLocalRandom.current());

	private @Nullable Session session;

	Connections(RedisLink.Opener opener, Duration pingInterval, EngineThread thread, Availability availability,
			Inward inward, Outward outward, BiConsumer<Topic, Throwable> refusals) {
		this.opener = opener;
		this.pingInterval = pingInterval;
		this.thread = thread;
		this.availability = availability;
		this.inward = inward;
		this.outward = outward;
		this.refusals = refusals;
	}

	/** The session, confirmed or not; null while Redis is away. */
	@Nullable Session session() {
		return this.session;
	}

	void subscribe(Topic topic) {
		this.topics.add(topic);
		if (this.session != null) {
			this.session.subscribe(List.of(topic));
		}
	}

	void unsubscribe(Topic topic) {
		if (this.topics.remove(topic) && this.session != null) {
			this.session.unsubscribe(topic);
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

	/** Connects on a thread of its own, for that blocks. */
	void connect() {
		this.connector.execute(() -> {
			try {
				Session attempt = new Session(this.opener, this.thread, this.inward, this);
				if (!this.thread.post(() -> connected(attempt))) {
					attempt.end();
				}
			}
			catch (RuntimeException ex) {
				this.thread.post(() -> retry(String.valueOf(ex.getMessage())));
			}
		});
	}

	void awaitFirstAttempt() {
		try {
			this.firstAttempt.await(FIRST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void connected(Session attempt) {
		if (attempt.isLost()) {
			attempt.end();
			retry("the connection was closed at once");
			return;
		}
		use(attempt);
		attempt.pingEvery(this.pingInterval);
		List<Topic> all = new ArrayList<>(this.topics);
		for (int from = 0; from < all.size(); from += TOPICS_A_COMMAND) {
			attempt.subscribe(all.subList(from, Math.min(all.size(), from + TOPICS_A_COMMAND)));
		}
		confirmed(attempt);
	}

	@Override
	public void confirmed(Session confirmed) {
		if (this.session == confirmed && confirmed.unconfirmed() == 0 && !this.availability.isUp()) {
			this.backOff.reset();
			this.availability.up(this.topics.size());
			this.outward.sendBacklog();
			this.firstAttempt.countDown();
		}
	}

	@Override
	public void refused(Topic topic, Throwable failure) {
		this.refusals.accept(topic, failure);
	}

	@Override
	public void lost(Session broken, String reason) {
		if (this.session == broken) {
			use(null);
			this.availability.away(reason);
			broken.end();
			retry(reason);
		}
	}

	private void retry(String reason) {
		this.availability.away(reason);
		this.firstAttempt.countDown();
		if (!this.thread.isClosed()) {
			this.thread.later(this.backOff.next(), this::connect);
		}
	}

	private void use(@Nullable Session next) {
		this.session = next;
		this.inward.hear(next);
		this.outward.through(next);
	}

	/** Ends the session for good. */
	void end() {
		Session last = this.session;
		use(null);
		if (last != null) {
			last.end();
		}
	}

	/** Ends the thread that connects. */
	void stop() {
		this.connector.shutdownNow();
	}

}
