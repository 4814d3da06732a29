package io.iodine.connection;

import io.netty.buffer.ByteBuf;

/** Makes messages of the bytes that one peer sends. Belongs to the event loop. */
@FunctionalInterface
interface FrameReader {

	/** For peers that have nothing more to say. */
	FrameReader DEAF = (bytes) -> bytes.skipBytes(bytes.readableBytes());

	/**
	 * Takes bytes, and leaves the rest when its connection wants no more for now.
	 * @param bytes the bytes, not released
	 */
	void read(ByteBuf bytes);

	/** Its connection is gone: frees what it holds. */
	default void end() {
	}

}
