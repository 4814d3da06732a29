package io.iodine.process;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
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
		removeStaleFile(address.address());
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

	/** A file without an answering process was left by a process that crashed. */
	private static void removeStaleFile(SocketAddress address) {
		if (!(address instanceof DomainSocketAddress unix)) {
			return;
		}
		File file = new File(unix.path());
		if (!file.exists()) {
			return;
		}
		try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(file.toPath()))) {
			logger.debug("Another process listens on " + file + ": " + probe);
		}
		catch (IOException ex) {
			if (file.delete()) {
				logger.debug("Removed the stale socket " + file, ex);
			}
		}
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
