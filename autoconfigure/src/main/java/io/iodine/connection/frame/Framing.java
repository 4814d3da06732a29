package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * How messages look on the wire. Stateless, but for one that {@linkplain #isShared() is
 * not shared}, so that the bytes of one message, or of a burst of messages, may go to
 * every connection with the same framing.
 */
public interface Framing {

	/**
	 * The framing of a WebSocket client.
	 * @return a new framing, of one connection
	 */
	static Framing webSocketClient() {
		return new MaskedWebSocketFraming();
	}

	/**
	 * The framing of a client that sends nothing.
	 * @return the framing
	 */
	static Framing none() {
		return MuteFraming.INSTANCE;
	}

	/**
	 * Whether messages are written with their ids, so that a client can resume.
	 * @return true for event streams
	 */
	default boolean hasEventIds() {
		return false;
	}

	/**
	 * Whether a message can be carried.
	 * @param message the message
	 * @return false when it can't
	 */
	default boolean carries(Message message) {
		return true;
	}

	/**
	 * Whether the same bytes may go to every connection with this framing.
	 * @return false when this is the framing of one connection
	 */
	default boolean isShared() {
		return true;
	}

	/**
	 * Whether {@link #prepare} does anything.
	 * @return true when it is
	 */
	default boolean isPrepared() {
		return false;
	}

	/**
	 * Encodes a message ahead of time, on the thread of its writer, so that the event
	 * loop does not have to. Any thread.
	 * @param message the message
	 */
	default void prepare(Message message) {
	}

	/**
	 * Begins a burst in a new buffer.
	 * @param allocator where from
	 * @param content bytes of content to come, a hint
	 * @return the buffer
	 */
	default ByteBuf begin(ByteBufAllocator allocator, int content) {
		ByteBuf burst = allocator.directBuffer(room(content));
		begin(burst);
		return burst;
	}

	/**
	 * The size of a burst.
	 * @param content bytes of its content, a hint
	 * @return bytes of the buffer to begin it in
	 */
	default int room(int content) {
		return content;
	}

	/**
	 * Begins a burst.
	 * @param burst an empty buffer
	 */
	default void begin(ByteBuf burst) {
	}

	/**
	 * Adds a message to a burst.
	 * @param burst the burst
	 * @param message the message
	 */
	void append(ByteBuf burst, Message message);

	/**
	 * Adds the answer to a ping.
	 * @param burst the burst
	 * @param payload what the ping carried
	 */
	default void appendPong(ByteBuf burst, byte[] payload) {
	}

	/**
	 * Adds what keeps an idle connection alive and shows whether the peer is there.
	 * @param burst the burst
	 */
	default void appendPing(ByteBuf burst) {
	}

	/**
	 * Adds the reconnection time of the peer.
	 * @param burst the burst
	 * @param millis the time in milliseconds
	 */
	default void appendRetry(ByteBuf burst, int millis) {
	}

	/**
	 * Ends a burst: what is readable afterwards goes to the socket.
	 * @param burst the burst
	 */
	default void end(ByteBuf burst) {
	}

	/**
	 * Adds, after the end of a burst, the end of the connection.
	 * @param burst the burst
	 * @param code the close code
	 * @param text the reason
	 */
	default void appendClose(ByteBuf burst, int code, String text) {
	}

	/**
	 * Compresses messages from now on, after a handshake has agreed on compression. Event
	 * loop.
	 * @param compression compresses each message by itself
	 */
	default void compress(CompressionFactory compression) {
	}

	/** Releases what belongs to one connection, after its end. */
	default void dispose() {
	}

}
