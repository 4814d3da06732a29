package io.iodine.process;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Owns the listening sockets of the cluster: opens each when a worker first asks for it,
 * keeps it for all generations, and never accepts on it. Owned by the event loop of the
 * master.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class ListeningSockets {

	private static final Log logger = LogFactory.getLog(ListeningSockets.class);

	private final EventLoop loop;

	private final SystemdSockets inherited;

	private final Map<ListenAddress, FileDescriptor> open = new HashMap<>();

	private final Map<ListenAddress, Channel> bound = new HashMap<>();

	ListeningSockets(EventLoop loop, SystemdSockets inherited) {
		this.loop = loop;
		this.inherited = inherited;
	}

	/** Gives a socket to a callback, or the reason why there is none. */
	void get(ListenAddress address, Callback callback) {
		FileDescriptor known = this.open.get(address);
		if (known != null) {
			callback.opened(known);
			return;
		}
		Optional<FileDescriptor> passed = this.inherited.take(address.address());
		if (passed.isPresent()) {
			this.open.put(address, passed.get());
			callback.opened(passed.get());
			return;
		}
		bind(address, callback);
	}

	private void bind(ListenAddress address, Callback callback) {
		try {
			removeStaleFile(address.address());
		}
		catch (IOException ex) {
			callback.refused(String.valueOf(ex.getMessage()));
			return;
		}
		ChannelFuture binding = bootstrap(address.address()).bind(address.address());
		binding.addListener((done) -> {
			if (done.isSuccess()) {
				Channel channel = binding.channel();
				FileDescriptor descriptor = descriptor(channel);
				this.bound.put(address, channel);
				this.open.put(address, descriptor);
				logger.info("Listens on " + (channel.localAddress() instanceof InetSocketAddress tcp ? tcp : address)
						+ " for the workers");
				callback.opened(descriptor);
			}
			else {
				callback.refused(String.valueOf(done.cause().getMessage()));
			}
		});
	}

	private ServerBootstrap bootstrap(SocketAddress address) {
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.loop)
			.option(ChannelOption.AUTO_READ, false)
			.childHandler(new ChannelInboundHandlerAdapter());
		return (address instanceof DomainSocketAddress) ? bootstrap.channel(EpollServerDomainSocketChannel.class)
				: bootstrap.channel(EpollServerSocketChannel.class).option(ChannelOption.SO_REUSEADDR, true);
	}

	private static FileDescriptor descriptor(Channel channel) {
		return (channel instanceof EpollServerDomainSocketChannel unix) ? unix.fd()
				: ((EpollServerSocketChannel) channel).fd();
	}

	/** A socket on which no process listens was left by one that crashed. */
	private static void removeStaleFile(SocketAddress address) throws IOException {
		Path file = (address instanceof DomainSocketAddress unix) ? Path.of(unix.path()) : null;
		if (file == null || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
			throw new BindException(file + " exists and is no socket");
		}
		if (SocketProbe.answers(file)) {
			throw new BindException("another process listens on " + file);
		}
		Files.deleteIfExists(file);
	}

	void close() {
		this.bound.values().forEach(Channel::close);
		this.bound.clear();
		this.open.clear();
	}

	/** Takes a socket, or why there is none. */
	interface Callback {

		void opened(FileDescriptor descriptor);

		void refused(String reason);

	}

}
