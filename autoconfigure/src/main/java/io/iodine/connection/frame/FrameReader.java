package io.iodine.connection.frame;

import io.netty.buffer.ByteBuf;

/** Makes messages of the bytes that one peer sends. Belongs to the event loop. */
@FunctionalInterface
public interface FrameReader {

	/** Discards all bytes. */
	FrameReader DISCARD = (bytes) -> bytes.skipBytes(bytes.readableBytes());

	/**
	 * Reads bytes that have no frames: each read is a binary message.
	 * @param listener receives the messages
	 * @param maxMessageSize bytes of the largest message
	 * @return the reader
	 */
	static FrameReader raw(FrameListener listener, int maxMessageSize) {
		return new RawReader(listener, maxMessageSize);
	}

	/**
	 * Takes bytes, and leaves the rest when its connection wants no more for now.
	 * @param bytes the bytes, not released
	 */
	void read(ByteBuf bytes);

	/** Its connection is gone: frees what it holds. */
	default void end() {
	}

}
