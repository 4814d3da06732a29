package io.iodine.pubsub.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

import io.iodine.PubSubEngine;
import io.iodine.PubSubGap;
import io.iodine.pubsub.PubSubObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Whether Redis can be reached, and since when: logs each change once, and publishes the
 * gap. Changes on the engine's thread; its status is for all.
 */
final class RedisAvailability {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	/** Of one outage; what comes after these is in the health only. */
	private static final int MAX_REASONS = 8;

	private final PubSubEngine engine;

	private final OutagePolicy whileDown;

	private final AclFailures aclFailures;

	private final PubSubObserver observer;

	private final Consumer<PubSubGap> gaps;

	private volatile RedisStatus status = new RedisStatus(false, Instant.now(), "not connected yet", null);

	private long downSince = System.nanoTime();

	private Instant downAt = Instant.now();

	/** What has been logged since Redis went away; empty while it is there. */
	private final Set<String> saidReasons = new HashSet<>();

	RedisAvailability(PubSubEngine engine, OutagePolicy whileDown, AclFailures aclFailures, PubSubObserver observer,
			Consumer<PubSubGap> gaps) {
		this.engine = engine;
		this.whileDown = whileDown;
		this.aclFailures = aclFailures;
		this.observer = observer;
		this.gaps = gaps;
	}

	RedisStatus status() {
		RedisStatus now = this.status;
		String rejection = this.aclFailures.recent();
		return (rejection != null) ? new RedisStatus(now.up(), now.since(), now.detail(), rejection) : now;
	}

	boolean isUp() {
		return this.status.up();
	}

	/**
	 * Redis is there, and so many subscriptions are confirmed.
	 * @param subscriptions how many
	 * @param historiesOnly whether all are of channels with a history
	 */
	void up(int subscriptions, boolean historiesOnly) {
		Duration gap = Duration.ofNanos(System.nanoTime() - this.downSince);
		this.status = new RedisStatus(true, Instant.now(), "connected", null);
		if (this.saidReasons.isEmpty()) {
			logger.info("Pub/sub is connected to " + this.engine);
		}
		else {
			this.saidReasons.clear();
			logger.info("Redis is back after " + gap.toMillis() + " ms, and " + subscriptions
					+ " subscriptions are confirmed." + (historiesOnly ? ""
							: " What other processes published meanwhile to channels without a history was not received here."));
			this.observer.engineUp(this.engine, gap);
			this.gaps.accept(new PubSubGap(this.downAt, gap));
		}
	}

	/** The engine was stopped, which is no gap. */
	void stopped() {
		this.saidReasons.clear();
		this.downSince = System.nanoTime();
		this.downAt = Instant.now();
		this.status = new RedisStatus(false, this.downAt, "the engine is stopped", null);
	}

	/**
	 * Redis can't be reached, or no longer; the gap began with the first such call. Each
	 * reason is logged once an outage: after a connection that is refused, the password
	 * may turn out to be wrong.
	 */
	void away(String reason) {
		if (this.status.up()) {
			this.downSince = System.nanoTime();
			this.downAt = Instant.now();
		}
		this.status = new RedisStatus(false, this.downAt, reason, null);
		if (this.saidReasons.isEmpty()) {
			this.saidReasons.add(reason);
			logger.warn(
					this.engine + " is away (" + reason + "); meanwhile messages follow iodine.pubsub.redis.while-down="
							+ this.whileDown.name().toLowerCase(Locale.ROOT));
			this.observer.engineDown(this.engine);
		}
		else if (this.saidReasons.size() < MAX_REASONS && this.saidReasons.add(reason)) {
			logger.warn(this.engine + " is still away, and now the reason is: " + reason);
		}
	}

}
