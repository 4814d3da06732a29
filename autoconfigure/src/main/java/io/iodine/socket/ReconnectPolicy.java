package io.iodine.socket;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a client tries again: after a time that doubles with each failure, less a random
 * part of up to a half, so that clients don't come back all at once.
 *
 * @param enabled whether it tries again
 * @param min the first delay
 * @param max the longest delay
 */
public record ReconnectPolicy(boolean enabled, Duration min, Duration max) {

	private static final int MAX_DOUBLINGS = 30;

	/**
	 * The delay before the next attempt.
	 * @param failures how many attempts have failed since the last connection
	 * @return milliseconds
	 */
	long delayMillis(int failures) {
		int doublings = Math.min(failures, MAX_DOUBLINGS);
		long most = this.max.toMillis();
		// without an overflow
		long longest = (this.min.toMillis() > most >> doublings) ? most : this.min.toMillis() << doublings;
		return longest - ThreadLocalRandom.current().nextLong(longest / 2 + 1);
	}

	/**
	 * The delay that a server asks for, limited to the delays of this policy, because a
	 * server must not make a client connect without a pause, or never again.
	 * @param asked milliseconds
	 * @return milliseconds
	 */
	long allowedMillis(long asked) {
		return Math.min(Math.max(asked, this.min.toMillis()), this.max.toMillis());
	}

}
