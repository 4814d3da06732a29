package io.iodine.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Settings of a graceful shutdown.
 *
 * @param timeout the maximum time for clients to close and for background work to end
 * @param batchSize number of connections that are drained at once
 * @param batchInterval the time between two such batches
 * @param retry the reconnection time sent to event streams
 * @param retryJitter the maximum random addition to it, which spreads reconnections; with
 * both zero nothing is sent
 */
public record DrainSettings(Duration timeout, int batchSize, Duration batchInterval, Duration retry,
		Duration retryJitter) {

	/** The batch size, raised if the last batch would begin after half the timeout. */
	int batchSize(int connections) {
		long interval = this.batchInterval.toNanos();
		if (interval == 0) {
			return Integer.MAX_VALUE;
		}
		long batches = 1 + this.timeout.toNanos() / 2 / interval;
		return (int) Math.max(this.batchSize, (connections + batches - 1) / batches);
	}

	/**
	 * Reconnection time of one client.
	 * @return milliseconds, or 0 when none is sent
	 */
	public int retryMillis() {
		return (int) (this.retry.toMillis() + ThreadLocalRandom.current().nextLong(this.retryJitter.toMillis() + 1));
	}

}
