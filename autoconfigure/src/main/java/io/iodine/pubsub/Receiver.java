package io.iodine.pubsub;

import io.iodine.Message;

/**
 * One subscription as the channel table sees it; called on the publishing thread, and
 * must neither block nor throw.
 */
@FunctionalInterface
interface Receiver {

	void receive(String channel, Message message);

	/** How many subscribers stand behind it. */
	default int subscribers() {
		return 1;
	}

}
