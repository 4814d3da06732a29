package io.iodine.process;

import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;

/** Link of pub/sub between a worker and the master. */
public interface RelayLink {

	/**
	 * Sends a frame to the master, in the order of each thread.
	 * @param size about how large the body is
	 * @param body writes the body, under a lock, so it must be quick
	 * @return false when it is too large, too much waits for the master, or it is gone
	 */
	boolean send(int size, Consumer<ByteBuf> body);

	/**
	 * Sends a frame to the master, in the order of each thread.
	 * @param body the body, taken over
	 * @return false when it is too large, too much waits for the master, or it is gone
	 */
	default boolean send(ByteBuf body) {
		try {
			return send(body.readableBytes(), (frame) -> frame.writeBytes(body));
		}
		finally {
			body.release();
		}
	}

	/**
	 * Takes the frames of the master from now on.
	 * @param receiver called on the thread of the control channel, must not block; the
	 * body is valid during the call
	 */
	void onFrame(Consumer<ByteBuf> receiver);

}
