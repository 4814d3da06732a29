package io.iodine.handler;

/** A result that comes later. */
interface PendingResult {

	/** The send queue has drained. */
	void drained();

	/** The connection has ended. */
	void cancel();

}
