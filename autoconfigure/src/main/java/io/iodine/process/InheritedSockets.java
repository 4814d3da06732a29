package io.iodine.process;

import java.io.IOException;
import java.net.SocketAddress;

import io.netty.channel.ServerChannel;

/**
 * Source of the listening sockets that this process inherits.
 */
public interface InheritedSockets {

	/**
	 * Takes the socket of an address.
	 * @param address where a server is about to listen
	 * @return a channel that listens already, whose {@code bind} succeeds at once
	 * @throws IOException when the socket can't be had
	 */
	ServerChannel take(SocketAddress address) throws IOException;

	/**
	 * Whether a server that binds this address should take it from here.
	 * @param address where a server is about to listen
	 * @return false when it should bind as usual
	 */
	boolean has(SocketAddress address);

	/** Accepts from now on. */
	void accept();

	/** Accepts no more; what has been accepted goes on. */
	void stopAccepting();

}
