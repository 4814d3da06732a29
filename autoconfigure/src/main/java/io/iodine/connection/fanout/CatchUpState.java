package io.iodine.connection.fanout;

import io.iodine.Message;

/**
 * Where a peer stands in the histories of the channels it follows, and what it is told of
 * that. Belongs to the event loop.
 */
interface CatchUpState {

	/**
	 * Adds a channel.
	 * @param follower its subscription
	 * @return where it is to go on
	 */
	EventIds.Start add(CatchUpSubscription follower);

	/**
	 * Removes a channel.
	 * @param follower its subscription
	 */
	void remove(CatchUpSubscription follower);

	/** Whether the bytes of live messages are those of other subscribers. */
	boolean areShared();

	/**
	 * Writes a message, which has been accounted for.
	 * @param follower the subscription
	 * @param channel where it was published
	 * @param message the message
	 */
	void write(CatchUpSubscription follower, String channel, Message message);

	/** Tells the peer where it stands. */
	void announce();

	/**
	 * Tells the peer that what it saw last and what it sees next may not be neighbours.
	 */
	void reset();

	/** Nothing waits for the socket any more. */
	void drained();

}
