package io.iodine.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a server goes away.
 *
 * @param timeout how long clients get to let go, and background work to finish
 * @param batchSize number of connections that are drained at once
 * @param batchInterval the time between two such batches
 * @param retry after what time an event stream's client should come back
 * @param retryJitter how much longer than that at random, so that they don't come all at
 * once; both zero: it is told nothing
 */
public record DrainSettings(Duration timeout, int batchSize, Duration batchInterval, Duration retry,
		Duration retryJitter) {

	/** Larger batches than asked for, if the last would come after half the time. */
	int batchSize(int connections) {
		long interval = this.batchInterval.toNanos();
		if (interval == 0) {
			return Integer.MAX_VALUE;
		}
		long batches = 1 + this.timeout.toNanos() / 2 / interval;
		return (int) Math.max(this.batchSize, (connections + batches - 1) / batches);
	}

	/**
	 * When one client should come back.
	 * @return milliseconds, or 0 when it is told nothing
	 */
	public int retryMillis() {
		return (int) (this.retry.toMillis() + ThreadLocalRandom.current().nextLong(this.retryJitter.toMillis() + 1));
	}

}
