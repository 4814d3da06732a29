package io.iodine.concurrent;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Makes the words of a peer fit for a line of a log: a line break in them would forge
 * another line.
 */
public final class PeerText {

	private static final int LONGEST = 200;

	/** Control characters, and what else breaks a line. */
	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029]");

	private PeerText() {
	}

	/**
	 * Replaces what is unprintable, and cuts what is long.
	 * @param words the words
	 * @return at most 200 characters of them
	 */
	public static String of(@Nullable String words) {
		String line = UNPRINTABLE.matcher(String.valueOf(words)).replaceAll("?");
		return (line.length() <= LONGEST) ? line : line.substring(0, LONGEST) + "...";
	}

}
