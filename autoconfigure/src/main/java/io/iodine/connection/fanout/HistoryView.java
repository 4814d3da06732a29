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
	 * Reads the newest messages, once engines know of all subscriptions made so far.
	 * @param count how many messages are wanted, perhaps none
	 * @return the newest, and where the history stands; fails when it can't be reached
	 */
	CompletionStage<Events> last(int count);

	/**
	 * Where a reader stands for which a message is the next.
	 * @param id the id of the message
	 * @return the id of the message before it
	 */
	String before(String id);

	/**
	 * Counts the messages between two others.
	 * @param previous the id of one
	 * @param newest the id of a later one
	 * @return how many come after the first, the later one included
	 */
	int distance(String previous, String newest);

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
