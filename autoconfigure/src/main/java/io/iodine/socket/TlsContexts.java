package io.iodine.socket;

import java.util.Optional;

import io.iodine.net.Listener;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;

/** Makes the TLS side of connections, with the keys of the moment. */
public interface TlsContexts {

	/**
	 * Prepares the TLS of a listener. Blocks while keys are read.
	 * @param listener the listener
	 * @return adds the handlers of a connection
	 * @throws IllegalArgumentException when its keys can't be had
	 */
	Server server(Listener listener);

	/**
	 * Prepares the TLS of a client. Blocks while keys are read.
	 * @param bundle the name of its SSL bundle; empty for what the JDK trusts
	 * @return makes the handlers of connections
	 * @throws IllegalArgumentException when its keys can't be had
	 */
	Client client(Optional<String> bundle);

	/** The TLS of a client. */
	@FunctionalInterface
	interface Client {

		/**
		 * Makes the handler of a connection, which checks certificate and host name.
		 * Event loop.
		 * @param channel the connection
		 * @param host the host that it connects to
		 * @param port the port
		 * @return the handler
		 */
		SslHandler handler(Channel channel, String host, int port);

	}

	/** The TLS of a listener. */
	@FunctionalInterface
	interface Server {

		/**
		 * Adds the handlers of TLS to a connection that was taken. Event loop.
		 * @param channel the connection
		 */
		void install(Channel channel);

	}

}
