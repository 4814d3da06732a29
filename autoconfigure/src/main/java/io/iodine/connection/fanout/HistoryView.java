package io.iodine.connection.fanout;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the fan-out needs of the history of one channel, whose messages have ids in an
 * order. Any thread.
 */
public interface HistoryView {

	/**
	 * Says whose an id is.
	 * @param id an id that a peer sent, perhaps nonsense
	 * @return whose
	 */
	Owner ownerOf(String id);

	/**
	 * Reads what came after a message, once engines know of all subscriptions made so
	 * far.
	 * @param id the id of the message; null: only where the history stands is asked
	 * @param max how many messages are wanted, the oldest of them
	 * @return what came; fails when the history can't be reached
	 */
	CompletionStage<Events> since(@Nullable String id, int max);

	/**
	 * Whether a message has its place in a stretch of the history that ends with another.
	 * @param newest the id of the other
	 * @param id the id of the message
	 * @return whether it is of the same history and not newer
	 */
	boolean covers(String newest, String id);

	/**
	 * Whether a message comes right after another.
	 * @param previous the id of the other
	 * @param id the id of the message
	 * @return false when anything may lie between them
	 */
	boolean follows(String previous, String id);

	/** Whose an id is. */
	enum Owner {

		/** This channel's. */
		THIS,

		/** Another channel's. */
		OTHER,

		/** No channel's: it was never given out. */
		NOBODY

	}

	/**
	 * What came after a message.
	 *
	 * @param complete whether nothing is missing
	 * @param messages the messages in order, each with its id, or the oldest of them when
	 * fewer were wanted; empty when not complete
	 * @param newest the id of the newest message of all, or of the beginning
	 */
	record Events(boolean complete, List<Message> messages, String newest) {

	}

}
