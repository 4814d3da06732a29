package io.iodine.connection.fanout;

/** Observes deliveries. Called on event loops and on publishing threads. */
public interface FanoutObserver {

	/**
	 * Whether durations are of interest. Asked once.
	 * @return true to be called with durations
	 */
	default boolean measures() {
		return false;
	}

	/**
	 * The messages that were published to a channel in one turn of an event loop were
	 * written to its subscribers there.
	 * @param nanos duration
	 */
	default void fannedOut(long nanos) {
	}

	/**
	 * A published message was dropped for the subscribers of one event loop, because too
	 * much waits for it.
	 * @param channel the channel
	 */
	default void fanoutDropped(String channel) {
	}

	/**
	 * A connection was not subscribed, because it has as many subscriptions as it may
	 * have.
	 * @param channel the channel, or the pattern
	 */
	default void subscriptionRejected(String channel) {
	}

}
