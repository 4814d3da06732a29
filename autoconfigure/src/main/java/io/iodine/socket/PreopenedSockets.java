package io.iodine.socket;

import java.io.IOException;
import java.net.SocketAddress;

import io.netty.channel.ServerChannel;
import org.jspecify.annotations.Nullable;

/** Listening sockets that this process was given, and does not open itself. */
@FunctionalInterface
public interface PreopenedSockets {

	/** None. */
	PreopenedSockets NONE = (address) -> null;

	/**
	 * Takes the socket of an address.
	 * @param address where a listener is about to listen
	 * @return a channel that listens already, whose {@code bind} succeeds at once; null
	 * when the listener should open it
	 * @throws IOException when the socket can't be had
	 */
	@Nullable ServerChannel take(SocketAddress address) throws IOException;

}
