package io.iodine.connection.frame;

import io.iodine.Framer;
import io.netty.buffer.ByteBuf;

/** Decodes the bytes of one peer into messages. Belongs to the event loop. */
@FunctionalInterface
public interface FrameReader {

	/** Discards all bytes. */
	FrameReader DISCARD = (bytes) -> bytes.skipBytes(bytes.readableBytes());

	/**
	 * Reads the messages of a RAW connection.
	 * @param framer the framer
	 * @param listener receives the messages
	 * @param maxMessageSize bytes of the largest message
	 * @return the reader
	 */
	static FrameReader of(Framer framer, FrameListener listener, int maxMessageSize) {
		return switch (framer.kind()) {
			case RAW -> new RawReader(listener, maxMessageSize);
			case LINE -> new DelimiterReader(listener, framer.delimiter(), true, maxMessageSize);
			case DELIMITED -> new DelimiterReader(listener, framer.delimiter(), false, maxMessageSize);
			case LENGTH_PREFIXED -> new LengthReader(listener, framer, maxMessageSize);
		};
	}

	/**
	 * Reads the messages that the server of a WebSocket sends.
	 * @param listener receives the messages
	 * @param maxMessageSize bytes of the largest message
	 * @return the reader
	 */
	static FrameReader webSocketClient(FrameListener listener, int maxMessageSize) {
		return new WebSocketReader(listener, maxMessageSize, null, true);
	}

	/**
	 * Reads the events that a server sends.
	 * @param listener receives the messages
	 * @param maxMessageSize bytes of the largest event
	 * @return the reader
	 */
	static FrameReader events(FrameListener listener, int maxMessageSize) {
		return new EventReader(listener, maxMessageSize);
	}

	/**
	 * Takes bytes, and leaves the rest when its connection wants no more for now.
	 * @param bytes the bytes, not released
	 */
	void read(ByteBuf bytes);

	/**
	 * Whether a part of a message was read, and not its end.
	 * @return true within a message
	 */
	default boolean isWithinMessage() {
		return false;
	}

	/**
	 * Gives back the bytes of a message of which only a part was read.
	 * @return the bytes, which another reader may read
	 */
	default byte[] partial() {
		return new byte[0];
	}

	/** Releases what it holds, after the end of the connection. */
	default void end() {
	}

}
