package io.iodine.net;

import java.net.URI;
import java.nio.channels.SocketChannel;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;

/**
 * Connects to other servers, with the same callbacks as connections that were taken. A
 * bean. Thread-safe, and no method blocks.
 * <p>
 * URLs: {@code ws://host:port/path} and {@code wss://…} for WebSockets,
 * {@code tcp://host:port}, {@code tls://host:port}, {@code udp://host:port} and
 * {@code unix:/run/app.sock} for bytes, {@code http://…} and {@code https://…} for event
 * streams. Of TLS, the certificate and its host name are checked.
 */
public interface Connector {

	/**
	 * Connects.
	 * @param url where to
	 * @param handler gets the callbacks, on callback threads
	 * @return the connection, which may be written to at once; what is written waits
	 * until it is open. When it can't be opened, {@code onClose} is the first and only
	 * callback, and tells why
	 * @throws IllegalArgumentException when the URL is no such URL
	 * @throws IllegalStateException when the application has not started, or is stopping
	 */
	default Connection connect(URI url, ConnectionHandler handler) {
		return connect(url, handler, ClientOptions.DEFAULTS);
	}

	/**
	 * Connects.
	 * @param url where to
	 * @param handler gets the callbacks, on callback threads
	 * @param options how
	 * @return as {@link #connect(URI, ConnectionHandler)}
	 * @throws IllegalArgumentException when the URL is no such URL, or an option is not
	 * for it
	 * @throws IllegalStateException when the application has not started, or is stopping
	 */
	Connection connect(URI url, ConnectionHandler handler, ClientOptions options);

	/**
	 * Takes over a channel that was connected elsewhere, such as
	 * {@link System#inheritedChannel()}, for bytes.
	 * @param channel a connected channel of TCP or a Unix socket, which belongs to the
	 * connection from now on
	 * @param handler gets the callbacks, on callback threads
	 * @param options framer, idle time-out, largest message and threads; the others are
	 * for connecting
	 * @return the connection
	 * @throws IllegalArgumentException when the channel is not connected
	 * @throws IllegalStateException when the application has not started, or is stopping
	 */
	Connection attach(SocketChannel channel, ConnectionHandler handler, ClientOptions options);

	/**
	 * Takes over a file descriptor that was connected elsewhere, such as one that a
	 * parent process has accepted and passed on, for bytes. Needs epoll.
	 * @param descriptor the descriptor of a connected stream of TCP or of a Unix socket,
	 * which is closed here: the connection has a copy of it
	 * @param handler gets the callbacks, on callback threads
	 * @param options as for
	 * {@link #attach(SocketChannel, ConnectionHandler, ClientOptions)}
	 * @return the connection
	 * @throws IllegalArgumentException when the descriptor is not open, or is no such
	 * stream
	 * @throws IllegalStateException when the application has not started, or is stopping
	 * @throws UnsupportedOperationException when the application does not run on epoll
	 */
	Connection attach(int descriptor, ConnectionHandler handler, ClientOptions options);

}
