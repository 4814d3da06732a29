package io.iodine;

import java.util.concurrent.CompletionStage;

/**
 * A subscription that first brings what was missed since a known message, for channels
 * with history ({@code iodine.pubsub.history.channels}).
 */
public interface Recovery extends Subscription {

	/**
	 * Whether that worked.
	 * @return completes before the listener is called first, and never fails
	 */
	CompletionStage<Outcome> outcome();

	/**
	 * What came of it.
	 *
	 * @param recovered whether nothing is missing between the known message and the next
	 * one received; false also when that can't be proven, because the history is too
	 * short, was started anew, or can't be reached
	 * @param missed how many missed messages the listener gets before new ones; 0 when
	 * not recovered
	 */
	record Outcome(boolean recovered, int missed) {
	}

}
