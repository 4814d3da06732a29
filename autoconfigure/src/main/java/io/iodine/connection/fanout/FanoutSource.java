package io.iodine.connection.fanout;

import java.util.function.IntSupplier;

import io.iodine.MessageListener;
import org.jspecify.annotations.Nullable;

/** What connections need of pub/sub: to hear channels on the publisher's own thread. */
public interface FanoutSource {

	/**
	 * Hears a channel. Takes effect at once and calls no listener, so that it may be used
	 * under a lock; {@link #tell()} must follow outside of it.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener called on the publishing thread, in order; does not block
	 * @return ends it, likewise followed by {@link #tell()}
	 */
	Runnable subscribe(String channel, boolean pattern, MessageListener listener);

	/**
	 * Hears a channel for many subscribers.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener called on the publishing thread, in order; does not block
	 * @param subscribers says for how many
	 * @return ends it, likewise followed by {@link #tell()}
	 */
	default Runnable subscribe(String channel, boolean pattern, MessageListener listener, IntSupplier subscribers) {
		return subscribe(channel, pattern, listener);
	}

	/**
	 * Whether a pattern matches a channel.
	 * @param glob the pattern
	 * @param channel the channel
	 * @return true also when that is not known
	 */
	default boolean matches(String glob, String channel) {
		return true;
	}

	/** Tells engines which channels have begun and ended. */
	void tell();

	/**
	 * The history of a channel.
	 * @param channel the channel
	 * @return its history; null when none is kept
	 */
	default @Nullable HistoryView past(String channel) {
		return null;
	}

}
