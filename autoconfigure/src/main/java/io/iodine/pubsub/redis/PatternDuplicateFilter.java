package io.iodine.pubsub.redis;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Finds the first of the copies in which Redis sends one message to a connection: one for
 * the channel, then one for each pattern that matches, with nothing in between. A copy
 * begins another message when it differs, when it is the channel's own, or when its
 * pattern was already seen. Owned by the connection's event loop.
 */
final class PatternDuplicateFilter {

	private final Set<String> patterns = new HashSet<>();

	private byte @Nullable [] channel;

	private byte @Nullable [] payload;

	/** The channel's own copy always comes first. */
	void channelCopy(byte[] channel, byte[] payload) {
		begin(channel, payload);
	}

	/**
	 * A copy for a pattern.
	 * @return whether it is the first of its message
	 */
	boolean patternCopy(String pattern, byte[] channel, byte[] payload) {
		boolean another = !Arrays.equals(this.channel, channel) || !Arrays.equals(this.payload, payload)
				|| this.patterns.contains(pattern);
		if (another) {
			begin(channel, payload);
		}
		this.patterns.add(pattern);
		return another;
	}

	/** What was subscribed to has changed, so the next copy begins a message. */
	void reset() {
		this.channel = null;
		this.payload = null;
		this.patterns.clear();
	}

	private void begin(byte[] channel, byte[] payload) {
		this.channel = channel;
		this.payload = payload;
		this.patterns.clear();
	}

}
