package io.iodine.net;

import io.iodine.Message;

/**
 * A stream of an {@link EventLoop}. Emits {@code data} with a {@link Message},
 * {@code drain} when all that was written is sent, {@code full} when so much waits that
 * writing should pause, {@code writable} when it may go on, {@code error} with an
 * exception, and {@code close}, once and last.
 */
public interface EventStream extends Emitter<EventStream> {

	/**
	 * Writes. Before the loop has started, what is written waits for the start.
	 * @param message the message
	 * @return false when so much waits that writing should pause until {@code writable},
	 * or the stream is closed
	 */
	boolean write(Message message);

	/**
	 * Writes text.
	 * @param text the text
	 * @return as {@link #write(Message)}
	 */
	default boolean write(String text) {
		return write(Message.text(text));
	}

	/** Closes after what was written is sent. */
	void close();

	/**
	 * Whether it may be written to.
	 * @return false once it is closed
	 */
	boolean isOpen();

}
