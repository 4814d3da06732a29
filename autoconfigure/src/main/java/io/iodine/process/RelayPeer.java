package io.iodine.process;

import java.util.Iterator;

import io.netty.buffer.ByteBuf;

/** A worker as the relay of the master sees it. Owned by the event loop of the master. */
public interface RelayPeer {

	/**
	 * The number of the worker.
	 * @return the number, from 1
	 */
	int number();

	/**
	 * Whether it serves and is not stopping.
	 * @return whether it is ready
	 */
	boolean isReady();

	/**
	 * Sends a frame.
	 * @param body the body, taken over
	 */
	void send(ByteBuf body);

	/**
	 * Sends the frames of an answer, each when the worker has read enough of what was
	 * sent before.
	 * @param bodies the bodies, which are taken one by one, and taken over
	 */
	void answer(Iterator<ByteBuf> bodies);

	/**
	 * Passes a frame on that another worker has sent.
	 * @param body the body as it was received, nothing of it read
	 */
	void forward(ByteBuf body);

}
