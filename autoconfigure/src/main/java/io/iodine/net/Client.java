package io.iodine.net;

import java.util.Optional;

import io.iodine.Connection;
import io.iodine.Message;

/** A client that stays connected. Thread-safe, and no method blocks. */
public interface Client {

	/**
	 * Its name.
	 * @return the name
	 */
	String name();

	/**
	 * Where it connects to.
	 * @return the URL
	 */
	String url();

	/**
	 * Its state.
	 * @return the state
	 */
	State state();

	/**
	 * The connection of the moment.
	 * @return the connection; empty while there is none
	 */
	Optional<Connection> connection();

	/**
	 * Writes to the connection. While there is none, messages wait for the next one, as
	 * many as {@code iodine.send-queue.max-messages} and {@code .max-size} allow; over
	 * that, {@code .overflow} says which are dropped.
	 * @param message the message
	 * @return whether it was scheduled, or waits
	 */
	boolean write(Message message);

	/**
	 * Writes a text message.
	 * @param text the text
	 * @return as {@link #write(Message)}
	 */
	default boolean write(String text) {
		return write(Message.text(text));
	}

	/** The state of a client. */
	enum State {

		/** A connection is being made. */
		CONNECTING,

		/** It is connected. */
		CONNECTED,

		/** It waits before it tries again. */
		WAITING,

		/** It is not connected, and no longer tries. */
		STOPPED

	}

}
