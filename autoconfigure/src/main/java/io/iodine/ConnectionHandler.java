package io.iodine;

/**
 * The callbacks of a connection. Implement those that matter; the others do nothing.
 * <p>
 * The callbacks of one connection never overlap and run in the order of their events;
 * those of different connections run beside each other, so a handler shared by many
 * connections must be thread-safe. They run on callback threads, where they may block. On
 * virtual threads, the default on Java 21 or later, that delays their own connection
 * only; on platform threads it delays other connections too, as soon as all
 * {@code iodine.threads} are blocked. With {@link UpgradeHandler#nonBlocking()} they run
 * on the connection's event loop, where they must not block.
 * <p>
 * An exception is logged with the connection's id and path. In {@link #onOpen} it closes
 * the connection with code 1011; elsewhere the connection stays, unless the property
 * {@code iodine.on-handler-error} is {@code close}.
 */
public interface ConnectionHandler {

	/**
	 * The connection is there and may be written to. Comes first: no other callback runs
	 * before it returned, and what the peer sends meanwhile waits.
	 * @param client the connection
	 * @throws Exception closes the connection with code 1011
	 */
	default void onOpen(Connection client) throws Exception {
	}

	/**
	 * A whole message came from the peer, in order of arrival. Never called for SSE. A
	 * RAW connection gets what one read brought, of any length, as binary.
	 * @param client the connection
	 * @param message the message
	 * @throws Exception is logged
	 */
	default void onMessage(Connection client, Message message) throws Exception {
	}

	/**
	 * All that was written has been handed to the socket: {@link Connection#pending()}
	 * came back to 0 after having been above it.
	 * @param client the connection
	 * @throws Exception is logged
	 */
	default void onDrained(Connection client) throws Exception {
	}

	/**
	 * A RAW connection was idle for {@link Connection#timeout()}. The default closes it.
	 * @param client the connection
	 * @throws Exception is logged
	 */
	default void onTimeout(Connection client) throws Exception {
		client.close();
	}

	/**
	 * The server shuts down. What is written here is still delivered; then the connection
	 * is closed, a WebSocket with code 1001.
	 * @param client the connection
	 * @throws Exception is logged
	 */
	default void onShutdown(Connection client) throws Exception {
	}

	/**
	 * The connection ended, or this handler was replaced by
	 * {@link Connection#handler(ConnectionHandler)} (then {@link Connection#isOpen()} is
	 * still true). Called once, last and alone. Publishing works here, writing does not.
	 * @param client the connection
	 * @throws Exception is logged
	 */
	default void onClose(Connection client) throws Exception {
	}

}
