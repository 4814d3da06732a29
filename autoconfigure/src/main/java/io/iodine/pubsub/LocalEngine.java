package io.iodine.pubsub;

import io.iodine.Message;
import io.iodine.PubSubEngine;

/**
 * The engine that goes nowhere: it delivers to the subscribers of this process, on the
 * publishing thread.
 */
final class LocalEngine implements PubSubEngine {

	private final ChannelTable table;

	private final MemoryHistory history;

	private final PubSubObserver observer;

	/** Whether another engine keeps the history, and gives messages their positions. */
	private volatile boolean historyElsewhere;

	LocalEngine(ChannelTable table, MemoryHistory history, PubSubObserver observer) {
		this.table = table;
		this.history = history;
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
		if (!this.historyElsewhere && this.history.keeps(channel)) {
			this.history.append(channel, message, (placed) -> deliver(channel, placed));
		}
		else {
			deliver(channel, message);
		}
		return true;
	}

	void keepHistoryElsewhere() {
		this.historyElsewhere = true;
	}

	private void deliver(String channel, Message message) {
		this.observer.delivered(this.table.deliver(channel, message));
	}

}
