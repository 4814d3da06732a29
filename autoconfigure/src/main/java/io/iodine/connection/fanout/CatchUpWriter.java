package io.iodine.connection.fanout;

import io.iodine.Message;

/**
 * Writes the messages of catch-up subscriptions to one peer, and tells it its positions
 * in the histories of its channels. Belongs to the event loop.
 */
interface CatchUpWriter {

	/**
	 * Adds a channel.
	 * @param catchUp its subscription
	 * @return the position to start from
	 */
	EventIds.Start add(CatchUpSubscription catchUp);

	/**
	 * Removes a channel.
	 * @param catchUp its subscription
	 */
	void remove(CatchUpSubscription catchUp);

	/** Whether the bytes of live messages are those of other subscribers. */
	boolean areShared();

	/**
	 * Writes a message.
	 * @param catchUp the subscription
	 * @param channel the channel it was published to
	 * @param message the message
	 */
	void write(CatchUpSubscription catchUp, String channel, Message message);

	/** Tells the peer where it stands. */
	void announce();

	/**
	 * Tells the peer that messages may be missing before the next one.
	 */
	void reset();

	/** Continues when nothing waits to be written any more. */
	void drained();

}
