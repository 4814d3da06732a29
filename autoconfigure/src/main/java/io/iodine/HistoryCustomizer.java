package io.iodine;

import java.time.Duration;

/**
 * Gives channels a history by code: a bean, asked once, before
 * {@code iodine.pubsub.history.channels}. Of several patterns that match a channel, the
 * first one counts. All processes must say the same.
 */
@FunctionalInterface
public interface HistoryCustomizer {

	/**
	 * Says which channels have a history.
	 * @param histories takes patterns of channels
	 */
	void customize(Histories histories);

	/** Takes patterns of channels. */
	@FunctionalInterface
	interface Histories {

		/**
		 * Keeps a history of each channel that matches.
		 * @param pattern the pattern, such as {@code chat*}
		 * @param size how many messages of a channel are kept
		 * @param timeToLive how long a message is kept
		 * @return this
		 * @throws IllegalArgumentException when a bracket of the pattern is not closed,
		 * or a number is not positive
		 */
		Histories keep(String pattern, int size, Duration timeToLive);

	}

}
