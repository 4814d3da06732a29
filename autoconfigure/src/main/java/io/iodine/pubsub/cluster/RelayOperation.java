package io.iodine.pubsub.cluster;

import io.netty.handler.codec.CorruptedFrameException;

/** The frames of pub/sub between workers and master. The order is the protocol. */
enum RelayOperation {

	/** Worker: it has the first subscription of a channel or pattern. */
	SUBSCRIBE,

	/** Worker: its last subscription of a channel or pattern has ended. */
	UNSUBSCRIBE,

	/**
	 * Worker: a message for other processes. Master: the same, for the subscribers of
	 * this process.
	 */
	PUBLISH,

	/** Worker: which channels have a history. */
	HISTORY_SETTINGS,

	/** Worker: a message for a channel with history, whose position it wants to know. */
	PUBLISH_CONFIRMED,

	/** Master: the position. */
	CONFIRMED,

	/** Worker: asks for the messages after a position. */
	READ_HISTORY,

	/** Worker: asks for the newest messages. */
	READ_LAST,

	/** Master: some of them. */
	HISTORY,

	/** Worker: members of a channel have joined there. */
	JOIN,

	/** Worker: a member of a channel has left there. */
	LEAVE,

	/** Worker: asks for the members of a channel. */
	READ_MEMBERS,

	/** Master: some of them. */
	MEMBERS;

	private static final RelayOperation[] OPERATIONS = values();

	static RelayOperation of(int code) {
		if (code < 0 || code >= OPERATIONS.length) {
			throw new CorruptedFrameException("there is no operation " + code);
		}
		return OPERATIONS[code];
	}

}
