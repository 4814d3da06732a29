package io.iodine.pubsub;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.Message;

/** Keeps the last messages of channels. */
@FunctionalInterface
public interface ChannelHistory {

	/**
	 * Reads what came after a position.
	 * @param channel a channel with history
	 * @param since the position
	 * @param max how many messages are wanted, the oldest of them
	 * @return what was missed; may fail when the history can't be reached
	 */
	CompletionStage<HistoryPage> since(String channel, Position since, int max);

	/**
	 * Reads the newest messages.
	 * @param channel a channel with history
	 * @param max how many messages are wanted
	 * @return the messages in order, each with its position as its id; may fail when the
	 * history can't be reached
	 */
	default CompletionStage<List<Message>> last(String channel, int max) {
		return CompletableFuture
			.failedFuture(new UnsupportedOperationException("this history reads from a position only"));
	}

}
