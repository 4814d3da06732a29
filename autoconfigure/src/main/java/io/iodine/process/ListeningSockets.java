package io.iodine.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
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

	/** Close what was bound. */
	private final List<Runnable> bound = new ArrayList<>();

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
		if (address.address() instanceof DomainSocketAddress unix) {
			bindUnix(address, unix, callback);
			return;
		}
		ChannelFuture binding = new ServerBootstrap().group(this.loop)
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.SO_REUSEADDR, true)
			.channel(EpollServerSocketChannel.class)
			.childHandler(new ChannelInboundHandlerAdapter())
			.bind(address.address());
		binding.addListener((done) -> {
			if (done.isSuccess()) {
				EpollServerSocketChannel channel = (EpollServerSocketChannel) binding.channel();
				this.bound.add(channel::close);
				opened(address, String.valueOf(channel.localAddress()), channel.fd(), callback);
			}
			else {
				callback.refused(String.valueOf(done.cause().getMessage()));
			}
		});
	}

	private void bindUnix(ListenAddress address, DomainSocketAddress path, Callback callback) {
		UnixListeningSocket socket;
		try {
			socket = UnixListeningSocket.open(path);
		}
		catch (IOException | ChannelException ex) {
			callback.refused(String.valueOf(ex.getMessage()));
			return;
		}
		this.bound.add(socket::close);
		opened(address, address.toString(), socket.descriptor(), callback);
	}

	private void opened(ListenAddress address, String name, FileDescriptor descriptor, Callback callback) {
		this.open.put(address, descriptor);
		logger.info("Listens on " + name + " for the workers");
		callback.opened(descriptor);
	}

	void close() {
		this.bound.forEach(Runnable::run);
		this.bound.clear();
		this.open.clear();
	}

	/** Takes a socket, or why there is none. */
	interface Callback {

		void opened(FileDescriptor descriptor);

		void refused(String reason);

	}

}
