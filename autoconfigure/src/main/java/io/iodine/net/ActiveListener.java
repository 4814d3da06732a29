package io.iodine.net;

import java.net.SocketAddress;

/** A listener that listens. Thread-safe. */
public interface ActiveListener {

	/**
	 * Its name.
	 * @return the name
	 */
	String name();

	/**
	 * The URL that it was given.
	 * @return the URL
	 */
	String url();

	/**
	 * Where it listens.
	 * @return the address, with the port that it was given for port 0
	 */
	SocketAddress address();

	/**
	 * Its port.
	 * @return the port; -1 on a Unix socket
	 */
	int port();

	/**
	 * How many of its connections are open.
	 * @return the number
	 */
	int connections();

	/**
	 * Ends listening. Blocks until the socket is closed; a Unix socket's file is deleted.
	 * Connections that are open stay open.
	 */
	void stop();

}
