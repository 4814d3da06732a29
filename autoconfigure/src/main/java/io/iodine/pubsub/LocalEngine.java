package io.iodine.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a single process: it delivers to the subscribers of this process, on the
 * publishing thread.
 */
final class LocalEngine implements ConfirmingEngine {

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
			this.history.append(channel, message, null, (placed) -> deliver(channel, placed));
		}
		else {
			deliver(channel, message);
		}
		return true;
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message, @Nullable String idempotencyKey) {
		if (this.historyElsewhere || !this.history.keeps(channel)) {
			return CompletableFuture.failedFuture(new IllegalStateException(
					"Messages published to " + this + " have no position: another engine keeps the history"));
		}
		return CompletableFuture.completedStage(
				this.history.append(channel, message, idempotencyKey, (placed) -> deliver(channel, placed)));
	}

	void keepHistoryElsewhere() {
		this.historyElsewhere = true;
	}

	@Override
	public String toString() {
		return "this process only";
	}

	private void deliver(String channel, Message message) {
		this.observer.delivered(this.table.deliver(channel, message));
	}

}
