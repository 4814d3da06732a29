package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Patterns and channels, on which we and Redis must agree. */
public final class GlobFuzz {

	/** Redis' own loop takes exponential time. */
	private static final int LONGEST = 40;

	private static final int MOST_RUNS = 5;

	private GlobFuzz() {
	}

	/**
	 * Compares what two algorithms say.
	 * @param data a pattern, up to its first NUL, and a channel
	 */
	public static void fuzzerTestOneInput(byte[] data) {
		int end = 0;
		while (end < data.length && data[end] != 0) {
			end++;
		}
		String glob = new String(data, 0, end, StandardCharsets.UTF_8);
		byte[] pattern = glob.getBytes(StandardCharsets.UTF_8);
		byte[] channel = Arrays.copyOfRange(data, Math.min(end + 1, data.length), data.length);
		boolean matches = GlobPattern.compile(glob).matches(channel);
		if (pattern.length > LONGEST || channel.length > LONGEST || runs(pattern) > MOST_RUNS) {
			return;
		}
		if (matches != new StringMatchLen(pattern).matches(0, channel, 0)) {
			throw new AssertionError(
					"Redis does not say " + matches + " of " + glob + " and " + Arrays.toString(channel));
		}
	}

	private static int runs(byte[] pattern) {
		int runs = 0;
		for (byte octet : pattern) {
			runs += (octet == '*') ? 1 : 0;
		}
		return runs;
	}

}
