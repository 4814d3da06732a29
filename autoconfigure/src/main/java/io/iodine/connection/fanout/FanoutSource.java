package io.iodine.connection.fanout;

import java.util.function.IntSupplier;

import io.iodine.MessageListener;
import org.jspecify.annotations.Nullable;

/** The source of published messages, received on the publisher's thread. */
public interface FanoutSource {

	/**
	 * Subscribes to a channel. Takes effect at once and calls no listener, so that it may
	 * be called under a lock; {@link #notifyEngines()} must follow outside of it.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener called on the publishing thread, in order; does not block
	 * @return ends it, likewise followed by {@link #notifyEngines()}
	 */
	Runnable subscribe(String channel, boolean pattern, MessageListener listener);

	/**
	 * Subscribes to a channel for many subscribers.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern
	 * @param listener called on the publishing thread, in order; does not block
	 * @param subscribers the number of subscribers
	 * @return ends it, likewise followed by {@link #notifyEngines()}
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

	/** Notifies engines of new and ended subscriptions. */
	void notifyEngines();

	/**
	 * The history of a channel.
	 * @param channel the channel
	 * @return its history; null when none is kept
	 */
	default @Nullable HistoryView history(String channel) {
		return null;
	}

}
