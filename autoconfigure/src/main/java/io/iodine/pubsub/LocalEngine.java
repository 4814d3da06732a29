package io.iodine.pubsub;

import io.iodine.Message;
import io.iodine.PubSubEngine;

/**
 * The engine that goes nowhere: it delivers to the subscribers of this process, on the
 * publishing thread.
 */
final class LocalEngine implements PubSubEngine {

	private final ChannelTable table;

	private final PubSubObserver observer;

	LocalEngine(ChannelTable table, PubSubObserver observer) {
		this.table = table;
		this.observer = observer;
	}

	@Override
	public boolean subscribe(String channel, boolean pattern) {
		return true;
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		return true;
	}

	@Override
	public boolean publish(String channel, Message message) {
		this.observer.delivered(this.table.deliver(channel, message));
		return true;
	}

}
