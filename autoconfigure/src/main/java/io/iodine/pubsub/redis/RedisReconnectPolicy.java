package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between attempts to connect: doubling from 50 ms to 1 s, each shortened at random
 * by up to a half.
 */
final class RedisReconnectPolicy {

	private static final long SHORTEST = 50;

	private static final long LONGEST = 1_000;

	private final RandomGenerator random;

	private long next = SHORTEST;

	RedisReconnectPolicy(RandomGenerator random) {
		this.random = random;
	}

	Duration next() {
		long limit = this.next;
		this.next = Math.min(LONGEST, 2 * limit);
		return Duration.ofMillis(limit - this.random.nextLong(limit / 2 + 1));
	}

	void reset() {
		this.next = SHORTEST;
	}

}
