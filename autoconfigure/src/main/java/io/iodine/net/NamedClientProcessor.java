package io.iodine.net;

import io.iodine.Message;

/**
 * Handles a named client within the polls, so that neither what it sends nor that its
 * output is empty is in the sets of an {@link NamedClients.Iteration}. Its callbacks run
 * one at a time on the polling thread, and answer by methods of the client: {@code send},
 * {@code raw}, {@code closeNow}, {@code closeAfterOutput}. An exception is logged, and
 * removes the client.
 */
@FunctionalInterface
public interface NamedClientProcessor {

	/**
	 * The client has sent something.
	 * @param client the client
	 * @param message a message, or bytes in raw mode
	 * @throws Exception is logged, and removes the client
	 */
	void onMessage(NamedClient client, Message message) throws Exception;

	/**
	 * All that was written to the client is sent.
	 * @param client the client
	 * @throws Exception is logged, and removes the client
	 */
	default void onOutputEmpty(NamedClient client) throws Exception {
	}

	/**
	 * The client has gone. The last callback of this connection, also after an exception.
	 * @param client the client, not connected any more
	 * @throws Exception is logged, and removes the client
	 */
	default void onDisconnected(NamedClient client) throws Exception {
	}

}
