package io.iodine.connection.fanout;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** A connection as the fan-out sees it. Belongs to the event loop. */
public interface Recipient {

	/**
	 * Whether messages may still be written. Any thread.
	 * @return false once closing has begun
	 */
	boolean isOpen();

	/**
	 * Messages that the socket has not taken. Any thread.
	 * @return their number
	 */
	int pending();

	/**
	 * The framing of its messages. Any thread.
	 * @return the framing
	 */
	Framing framing();

	/**
	 * The allocator of its buffers.
	 * @return the allocator
	 */
	ByteBufAllocator allocator();

	/**
	 * The event loop of its socket. Any thread.
	 * @return the event loop
	 */
	FanoutEventLoop eventLoop();

	/**
	 * The id of the event that the client received last, from the header
	 * {@code Last-Event-ID}. Any thread.
	 * @return the id
	 */
	Optional<String> lastEventId();

	/**
	 * Writes a message.
	 * @param message the message
	 * @param channel the channel that it was published to; null for none
	 */
	void write(Message message, @Nullable String channel);

	/**
	 * Writes messages one by one.
	 * @param channels the channel of each message
	 * @param messages the messages
	 */
	void write(List<String> channels, List<Message> messages);

	/**
	 * Writes frames that many connections share. Any thread.
	 * @return the writer, the same for the life of the connection
	 */
	FrameWriter frames();

	/**
	 * Closes the connection, because something could not be delivered to it.
	 * @param failure what was thrown
	 */
	void failed(Throwable failure);

	/**
	 * Calls a listener among the callbacks of the connection. Too many waiting calls
	 * follow the overflow policy of the connection.
	 * @param listener the listener
	 * @param channel the channel of the message
	 * @param message the message
	 * @param wanted asked immediately before the call
	 */
	void call(MessageListener listener, String channel, Message message, BooleanSupplier wanted);

}
