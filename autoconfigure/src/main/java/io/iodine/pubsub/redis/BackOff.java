package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between attempts to connect: doubling from 50 ms to 1 s, each shortened at random
 * by up to a half.
 */
final class BackOff {

	private static final long SHORTEST = 50;

	private static final long LONGEST = 1_000;

	private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);

	private static final Duration MOST_PATIENCE = Duration.ofSeconds(40);

	private final RandomGenerator random;

	private long next = SHORTEST;

	private Duration patience = LEAST_PATIENCE;

	BackOff(RandomGenerator random) {
		this.random = random;
	}

	Duration next() {
		long limit = this.next;
		this.next = Math.min(LONGEST, 2 * limit);
		return Duration.ofMillis(limit - this.random.nextLong(limit / 2 + 1));
	}

	/** How long an attempt may take: from 5 s, doubling up to 40 s. */
	Duration patience() {
		Duration now = this.patience;
		this.patience = (now.compareTo(MOST_PATIENCE) < 0) ? now.multipliedBy(2) : now;
		return now;
	}

	void reset() {
		this.patience = LEAST_PATIENCE;
		this.next = SHORTEST;
	}

}
