package io.iodine.connection.limit;

import java.util.concurrent.TimeUnit;

/**
 * A rate with a burst: a bucket of tokens that fills steadily. Kept as the one moment at
 * which it would be full (the virtual scheduling of ITU-T I.371), so that it costs a
 * number and no timer. Not safe for several threads.
 */
public final class TokenBucket {

	private final long nanosPerToken;

	private final long nanosOfBurst;

	private long fullAt;

	/**
	 * A bucket that is full.
	 * @param perSecond tokens that come in a second
	 * @param burst tokens that it holds
	 * @param now nanoseconds of {@link System#nanoTime()}
	 */
	public TokenBucket(int perSecond, int burst, long now) {
		this.nanosPerToken = TimeUnit.SECONDS.toNanos(1) / perSecond;
		this.nanosOfBurst = this.nanosPerToken * burst;
		this.fullAt = now;
	}

	/**
	 * Takes a token.
	 * @param now nanoseconds of {@link System#nanoTime()}
	 * @return false when there is none
	 */
	public boolean take(long now) {
		long full = ((this.fullAt - now > 0) ? this.fullAt : now) + this.nanosPerToken;
		if (full - now > this.nanosOfBurst) {
			return false;
		}
		this.fullAt = full;
		return true;
	}

}
