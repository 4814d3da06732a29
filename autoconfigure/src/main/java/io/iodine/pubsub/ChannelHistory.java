package io.iodine.pubsub;

import java.util.concurrent.CompletionStage;

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

}
