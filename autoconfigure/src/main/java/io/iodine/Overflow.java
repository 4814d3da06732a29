package io.iodine;

/**
 * What happens when a peer reads too slowly and what was written to it reaches
 * {@code iodine.send-queue.max-messages} or {@code iodine.send-queue.max-size}.
 */
public enum Overflow {

	/** What {@code iodine.send-queue.overflow} says. */
	DEFAULT,

	/**
	 * The connection is closed with 1013 and what waits is dropped: the peer knows that
	 * it missed something, and may come back.
	 */
	CLOSE,

	/** The message being written is dropped, and {@code write} answers false. */
	DROP_NEWEST,

	/** The message that has waited longest is dropped. */
	DROP_OLDEST,

	/**
	 * The newest waiting message of the same channel is replaced, so that at least the
	 * newest of each channel arrives; without one of that channel, the message that has
	 * waited longest is dropped.
	 */
	CONFLATE

}
