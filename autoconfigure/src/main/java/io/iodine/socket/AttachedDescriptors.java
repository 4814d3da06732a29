package io.iodine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;

/**
 * Makes channels of file descriptors that were connected elsewhere, such as those of a
 * parent process. Needs epoll.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed registration closes the channel
final class AttachedDescriptors {

	private static final int SOL_SOCKET = 1;

	private static final int SO_TYPE = 3;

	private static final int SO_ACCEPTCONN = 30;

	private static final int SO_DOMAIN = 39;

	private static final int SOCK_STREAM = 1;

	private static final int AF_UNIX = 1;

	private static final int AF_INET = 2;

	private static final int AF_INET6 = 10;

	private AttachedDescriptors() {
	}

	/** Gives a descriptor an event loop, on which it reads nothing until told to. */
	static Channel register(int descriptor, SocketTransport loops) {
		if (!loops.nativeAddresses()) {
			throw new UnsupportedOperationException("the descriptor " + descriptor + " can't be attached: only epoll "
					+ "takes descriptors, and this application runs on NIO. Attach a SocketChannel instead");
		}
		try {
			int domain = check(descriptor);
			int own = nonBlocking(descriptor);
			Channel channel = (domain == AF_UNIX) ? new EpollDomainSocketChannel(own) : new EpollSocketChannel(own);
			channel.config().setAutoRead(false);
			loops.loops().register(channel);
			return channel;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The descriptor " + descriptor + " can't be attached", ex);
		}
	}

	/** Answers the address family of a connected stream. */
	private static int check(int descriptor) throws IOException {
		Path entry = Path.of("/proc/self/fd/" + descriptor);
		String opened = (descriptor >= 0 && Files.isSymbolicLink(entry)) ? Files.readSymbolicLink(entry).toString()
				: "";
		if (opened.isEmpty()) {
			throw new IllegalArgumentException("the descriptor " + descriptor + " is not open in this process");
		}
		if (!opened.startsWith("socket:")) {
			throw new IllegalArgumentException("the descriptor " + descriptor + " is no socket, but " + opened);
		}
		Socket socket = new Socket(descriptor);
		if (socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) != 0) {
			throw new IllegalArgumentException("the descriptor " + descriptor + " listens. A listener takes it when "
					+ "it is passed as systemd does, by LISTEN_FDS and LISTEN_PID");
		}
		int domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
		boolean known = domain == AF_UNIX || domain == AF_INET || domain == AF_INET6;
		if (!known || socket.getIntOpt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM) {
			throw new IllegalArgumentException(
					"the descriptor " + descriptor + " is no stream of TCP or of a Unix socket");
		}
		if (((domain == AF_UNIX) ? socket.remoteDomainSocketAddress() : socket.remoteAddress()) == null) {
			throw new IllegalArgumentException("the descriptor " + descriptor + " is not connected");
		}
		return domain;
	}

	/**
	 * Sends a descriptor to this process, because what is received so does not block, and
	 * closes the original.
	 */
	private static int nonBlocking(int descriptor) throws IOException {
		Socket server = Socket.newSocketDomain();
		Socket sender = Socket.newSocketDomain();
		try {
			// an abstract name, of which no file is left
			DomainSocketAddress name = new DomainSocketAddress("\0iodine-" + UUID.randomUUID());
			server.bind(name);
			server.listen(1);
			sender.connect(name);
			Socket receiver = new Socket(server.accept(new byte[26]));
			try {
				if (sender.sendFd(descriptor) < 0) {
					throw new IOException("it can't be sent");
				}
				int received = receiver.recvFd();
				if (received < 0) {
					throw new IOException("it can't be received");
				}
				new FileDescriptor(descriptor).close();
				return received;
			}
			finally {
				receiver.close();
			}
		}
		finally {
			sender.close();
			server.close();
		}
	}

}
