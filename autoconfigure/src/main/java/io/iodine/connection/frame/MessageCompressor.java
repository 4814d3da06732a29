package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Compresses messages, for one connection or for all. */
sealed interface MessageCompressor permits SharedCompressor, DedicatedCompressor {

	/**
	 * Adds the frame of a message.
	 * @param burst where to
	 * @param message the message, not empty
	 */
	void append(ByteBuf burst, Message message);

	/**
	 * Whether what is compressed for one is good for all.
	 * @return false when it is good for one connection only, in the order of its messages
	 */
	boolean isShared();

	/**
	 * Compresses ahead, where that can be done out of order. Any thread.
	 * @param message the message
	 */
	default void prepare(Message message) {
	}

	/** Frees what it holds. */
	default void end() {
	}

}
