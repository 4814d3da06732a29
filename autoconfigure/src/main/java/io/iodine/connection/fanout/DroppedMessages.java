package io.iodine.connection.fanout;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs and counts the messages of a channel that one event loop drops, and remembers
 * whether the loss must be announced to event streams. Belongs to the event loop.
 */
final class DroppedMessages {

	private static final Log logger = LogFactory.getLog(DroppedMessages.class);

	private final String name;

	private final FanoutObserver observer;

	/** Whether a delivery failed that is not announced yet. */
	private boolean lost;

	DroppedMessages(String name, FanoutObserver observer) {
		this.name = name;
		this.observer = observer;
	}

	/** Logs messages that are not delivered to any subscriber. */
	void notBegun(Throwable failure) {
		SafeLog.error(logger, () -> "Messages to '" + this.name + "' are dropped for one event loop", failure);
		count(this.name);
	}

	/** Logs messages of a batch of which others may be delivered. */
	void notDelivered(Throwable failure) {
		notBegun(failure);
		this.lost = true;
	}

	/** Counts a message that can't be encoded. */
	void notEncoded(String channel) {
		count(channel);
		this.lost = true;
	}

	/** Whether a delivery failed since the last call. */
	boolean takeLost() {
		boolean taken = this.lost;
		this.lost = false;
		return taken;
	}

	private void count(String channel) {
		SafeLog.guard(logger, "The observer of the fan-out", () -> this.observer.fanoutDropped(channel));
	}

}
