package io.iodine.process;

import io.netty.buffer.ByteBuf;

/**
 * Handles the frames of pub/sub in the master. Called on its event loop, and must not
 * block.
 */
public interface Relay {

	/**
	 * A worker has connected.
	 * @param worker the worker
	 */
	void joined(RelayPeer worker);

	/**
	 * A worker serves.
	 * @param worker the worker
	 */
	void ready(RelayPeer worker);

	/**
	 * A worker said something.
	 * @param worker the worker
	 * @param body the body, valid during the call
	 */
	void received(RelayPeer worker, ByteBuf body);

	/**
	 * A worker is gone.
	 * @param worker the worker
	 */
	void left(RelayPeer worker);

}
