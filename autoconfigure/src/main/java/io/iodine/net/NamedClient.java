package io.iodine.net;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.iodine.Connection;
import io.iodine.Message;

/** A peer that is known by a name. Thread-safe. */
public interface NamedClient {

	/**
	 * Its name.
	 * @return the name
	 */
	String name();

	/**
	 * Its connection.
	 * @return the connection; empty when it is not connected
	 */
	Optional<Connection> connection();

	/**
	 * Takes what it has sent first. Also after it has gone: until the next poll if it was
	 * not registered, else at any time.
	 * @return the message; empty when there is none
	 */
	Optional<Message> message();

	/**
	 * Takes all that it has sent. Also after it has gone, as {@link #message()}.
	 * @return the messages, in their order
	 */
	List<Message> messages();

	/**
	 * Sends a message.
	 * @param message the message
	 * @return as {@link Connection#write(Message)}; false when it is not connected
	 */
	boolean send(Message message);

	/**
	 * Sends messages, until one can't be sent.
	 * @param messages the messages
	 * @return how many were scheduled
	 */
	default int send(Iterable<Message> messages) {
		int sent = 0;
		for (Message message : messages) {
			if (!send(message)) {
				break;
			}
			sent++;
		}
		return sent;
	}

	/**
	 * How many messages wait to be taken.
	 * @return the number
	 */
	int inputSize();

	/**
	 * How many messages wait for the socket.
	 * @return the number
	 */
	int outputSize();

	/**
	 * Changes between messages with their lengths and bytes as they come.
	 * @param raw true for bytes
	 */
	void raw(boolean raw);

	/**
	 * Handles the client within the polls instead of showing what it sends in their sets.
	 * What it has sent before can still be taken.
	 * @param processors makes the processor of each connection, within the poll in which
	 * it was connected; within the next one if it is connected already
	 * @return this
	 */
	NamedClient process(Function<? super NamedClient, ? extends NamedClientProcessor> processors);

	/** Closes at once; what waits for the socket is lost. */
	void closeNow();

	/** Closes at the beginning of the next poll. */
	void closeAtNextPoll();

	/** Closes after what waits for the socket was sent. */
	void closeAfterOutput();

	/** Closes at once, gives its name back, and drops what it has sent. */
	void remove();

}
