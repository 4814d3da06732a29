package io.iodine.connection.fanout;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * The history of one channel as the fan-out reads it. Its messages have ordered ids. Any
 * thread.
 */
public interface HistoryView {

	/**
	 * Finds the channel that issued an id.
	 * @param id an id sent by a peer, unchecked
	 * @return the owner
	 */
	Owner ownerOf(String id);

	/**
	 * Reads the messages after a position, once engines know all subscriptions made so
	 * far.
	 * @param id the id of the message before them; null to read only the newest position
	 * @param max maximum number of messages, oldest first
	 * @return the messages; fails when the history can't be read
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
	 * Whether a message is not newer than another of the same history.
	 * @param newest the id of the other
	 * @param id the id of the message
	 * @return false for another history or a newer message
	 */
	boolean covers(String newest, String id);

	/**
	 * Whether a message directly follows another.
	 * @param previous the id of the other
	 * @param id the id of the message
	 * @return false when anything may lie between them
	 */
	boolean follows(String previous, String id);

	/** Owner of an id. */
	enum Owner {

		/** This channel. */
		THIS,

		/** Another channel. */
		OTHER,

		/** None: it was never issued. */
		NONE

	}

	/**
	 * Messages after a position.
	 *
	 * @param complete whether nothing is missing
	 * @param messages the messages in order, each with its id, or the oldest of them when
	 * fewer were wanted; empty when not complete
	 * @param newest the id of the newest message of all, or of the beginning
	 */
	record Events(boolean complete, List<Message> messages, String newest) {

	}

}
