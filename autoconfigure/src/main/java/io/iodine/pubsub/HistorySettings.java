package io.iodine.pubsub;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.iodine.HistoryCustomizer;
import org.jspecify.annotations.Nullable;

/** Settings of channel histories. */
public final class HistorySettings {

	/** No channel has a history. */
	public static final HistorySettings NONE = new HistorySettings(List.of(), 1, Duration.ofSeconds(1), 1);

	private final List<Kept> channels;

	private final Retention retention;

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
		this(channels.stream().map((glob) -> new Kept(glob, new Retention(size, timeToLive))).toList(),
				new Retention(size, timeToLive), maxChannels, maxBytes, maxChannelBytes);
	}

	private HistorySettings(List<Kept> channels, Retention retention, int maxChannels, long maxBytes,
			long maxChannelBytes) {
		this.channels = channels;
		this.retention = retention;
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
	 * Adds what an application says by code, ahead of these settings.
	 * @param customizers are asked in this order
	 * @return the settings of both
	 */
	public HistorySettings customized(List<HistoryCustomizer> customizers) {
		List<Kept> kept = new ArrayList<>();
		customizers.forEach((customizer) -> customizer.customize(new Collector(kept)));
		kept.addAll(this.channels);
		return new HistorySettings(List.copyOf(kept), this.retention, this.maxChannels, this.maxBytes,
				this.maxChannelBytes);
	}

	/**
	 * Whether a channel has a history.
	 * @param channel the channel
	 * @return whether a pattern matches it
	 */
	public boolean keeps(String channel) {
		return !this.channels.isEmpty() && find(channel) != null;
	}

	/**
	 * How much of a channel's history is kept.
	 * @param channel the channel
	 * @return by the first pattern that matches
	 */
	public Retention retention(String channel) {
		Kept kept = find(channel);
		return (kept != null) ? kept.retention : this.retention;
	}

	private @Nullable Kept find(String channel) {
		byte[] name = channel.getBytes(StandardCharsets.UTF_8);
		for (Kept kept : this.channels) {
			if (kept.glob.matches(name)) {
				return kept;
			}
		}
		return null;
	}

	/**
	 * Whether any channel may have a history.
	 * @return whether there is a pattern
	 */
	public boolean keepsAny() {
		return !this.channels.isEmpty();
	}

	/**
	 * Says which channels have a history, in the order in which patterns count.
	 * @param histories takes the patterns
	 */
	public void describe(HistoryCustomizer.Histories histories) {
		this.channels
			.forEach((kept) -> histories.keep(kept.pattern, kept.retention.size(), kept.retention.timeToLive()));
	}

	/** How long the message that is kept shortest is kept. */
	Duration shortestTimeToLive() {
		return this.channels.stream()
			.map((kept) -> kept.retention.timeToLive())
			.min(Comparator.naturalOrder())
			.orElse(this.retention.timeToLive());
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

	/** A pattern of channels, and how much of them is kept. */
	private record Kept(String pattern, GlobPattern glob, Retention retention) {

		Kept(String glob, Retention retention) {
			this(glob, GlobPattern.compile(glob), retention);
		}

	}

	/** Takes what an application says. */
	private record Collector(List<Kept> kept) implements HistoryCustomizer.Histories {

		@Override
		public HistoryCustomizer.Histories keep(String pattern, int size, Duration timeToLive) {
			if (!isPattern(pattern)) {
				throw new IllegalArgumentException("a HistoryCustomizer gave the pattern '" + pattern
						+ "', whose brackets are not closed, or which is empty");
			}
			if (size < 1 || timeToLive.toMillis() < 1) {
				throw new IllegalArgumentException("a HistoryCustomizer wants to keep " + size + " messages of '"
						+ pattern + "' for " + timeToLive + ", but both must be above 0");
			}
			this.kept.add(new Kept(pattern, new Retention(size, timeToLive)));
			return this;
		}

	}

}
