package io.iodine.connection;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** Scope in which a message is handled, such as an observation. */
@FunctionalInterface
public interface MessageScope {

	/**
	 * Has a message handled, once, on this thread.
	 * @param client the connection
	 * @param message the message
	 * @param handler its handler
	 * @throws Exception what the handler throws
	 */
	void run(Connection client, Message message, ConnectionHandler handler) throws Exception;

}
