package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A reader that the uncompressed WebSockets of one event loop share. Between two messages
 * a reader holds nothing, so only a connection within a message needs one of its own.
 * Belongs to the event loop.
 */
public final class SharedReader {

	private @Nullable WebSocketReader spare;

	/**
	 * Reads bytes of a connection that is between two messages.
	 * @param bytes the bytes, not released
	 * @param listener receives the messages
	 * @param maxMessageSize bytes of the largest message
	 * @return the reader of the connection until it is {@linkplain #give given back};
	 * null when the connection is between two messages again
	 */
	public @Nullable FrameReader read(ByteBuf bytes, FrameListener listener, int maxMessageSize) {
		WebSocketReader reader = this.spare;
		// a callback that leads to another read takes another one
		this.spare = null;
		if (reader == null) {
			reader = new WebSocketReader(listener, maxMessageSize, null);
		}
		else {
			reader.use(listener, maxMessageSize);
		}
		reader.read(bytes);
		return give(reader) ? null : reader;
	}

	/**
	 * Takes a reader back.
	 * @param reader what {@link #read} returned
	 * @return false: the reader is within a message, has read the last one, or is that of
	 * a dialed or compressed connection
	 */
	public boolean give(FrameReader reader) {
		if (!(reader instanceof WebSocketReader whole) || !whole.isBetweenMessages()) {
			return false;
		}
		// the connection may end now, and must not be kept by its reader
		whole.use(NoConnection.INSTANCE, 0);
		this.spare = whole;
		return true;
	}

	/** Stands for the connection of a reader that none uses. */
	private static final class NoConnection implements FrameListener {

		static final NoConnection INSTANCE = new NoConnection();

		@Override
		public void received(Message message) {
			throw unused();
		}

		@Override
		public void pinged(byte[] payload) {
			throw unused();
		}

		@Override
		public void peerCloses(int code, String reason) {
			throw unused();
		}

		@Override
		public void violated(int code, String reason) {
			throw unused();
		}

		@Override
		public boolean wantsMore() {
			throw unused();
		}

		@Override
		public boolean isTooFast() {
			throw unused();
		}

		private static IllegalStateException unused() {
			return new IllegalStateException("no connection uses this reader");
		}

	}

}
