package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Which channels have a history, and how much of it is kept. */
public final class HistorySettings {

	/** No channel has a history. */
	public static final HistorySettings NONE = new HistorySettings(List.of(), 1, Duration.ofSeconds(1), 1);

	private final List<GlobPattern> channels;

	private final int size;

	private final Duration timeToLive;

	private final int maxChannels;

	private final long maxBytes;

	private final long maxChannelBytes;

	/**
	 * The settings.
	 * @param channels patterns of channels that have a history
	 * @param size how many messages of a channel are kept
	 * @param timeToLive how long a message is kept
	 * @param maxChannels how many channels' histories are kept in memory; over it the one
	 * unused longest is forgotten
	 */
	public HistorySettings(List<String> channels, int size, Duration timeToLive, int maxChannels) {
		this(channels, size, timeToLive, maxChannels, Long.MAX_VALUE, Long.MAX_VALUE);
	}

	/**
	 * The settings.
	 * @param channels patterns of channels that have a history
	 * @param size how many messages of a channel are kept
	 * @param timeToLive how long a message is kept
	 * @param maxChannels how many channels' histories are kept in memory; over it the one
	 * unused longest is forgotten
	 * @param maxBytes how many bytes the histories in memory may have; over it those
	 * unused longest are forgotten
	 * @param maxChannelBytes how many bytes the history of a channel in memory may have;
	 * over it the oldest messages are forgotten
	 */
	public HistorySettings(List<String> channels, int size, Duration timeToLive, int maxChannels, long maxBytes,
			long maxChannelBytes) {
		this.channels = channels.stream().map(GlobPattern::compile).toList();
		this.size = size;
		this.timeToLive = timeToLive;
		this.maxChannels = maxChannels;
		this.maxBytes = maxBytes;
		this.maxChannelBytes = Math.min(maxBytes, maxChannelBytes);
	}

	/**
	 * Whether a pattern is well-formed.
	 * @param glob the pattern
	 * @return false when a class is not closed, a backslash escapes nothing, or it is
	 * empty
	 */
	public static boolean isPattern(String glob) {
		return GlobPattern.isWellFormed(glob);
	}

	/**
	 * Whether a channel has a history.
	 * @param channel the channel
	 * @return whether a pattern matches it
	 */
	public boolean keeps(String channel) {
		if (this.channels.isEmpty()) {
			return false;
		}
		byte[] name = channel.getBytes(StandardCharsets.UTF_8);
		return this.channels.stream().anyMatch((glob) -> glob.matches(name));
	}

	/**
	 * Whether any channel may have a history.
	 * @return whether there is a pattern
	 */
	public boolean keepsAny() {
		return !this.channels.isEmpty();
	}

	/**
	 * How many messages of a channel are kept.
	 * @return the number
	 */
	public int size() {
		return this.size;
	}

	/**
	 * How long a message is kept.
	 * @return the time
	 */
	public Duration timeToLive() {
		return this.timeToLive;
	}

	int maxChannels() {
		return this.maxChannels;
	}

	long maxBytes() {
		return this.maxBytes;
	}

	long maxChannelBytes() {
		return this.maxChannelBytes;
	}

}
