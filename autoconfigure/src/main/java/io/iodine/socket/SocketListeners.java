package io.iodine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

import io.iodine.concurrent.SafeLog;
import io.iodine.connection.Connections;
import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.iodine.net.Listeners;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Opens and closes listeners. Any thread, but an event loop, may call. */
public final class SocketListeners implements Listeners {

	private static final Log logger = LogFactory.getLog(SocketListeners.class);

	private final Connections connections;

	private final TlsContexts tls;

	private final PreopenedSockets sockets;

	private final ListenerObserver observer;

	/** Guarded by itself, as is the transport. */
	private final Map<String, BoundListener> active = new LinkedHashMap<>();

	private @Nullable SocketTransport transport;

	/**
	 * Creates listeners that can be added once started.
	 * @param connections where connections begin
	 * @param tls makes the TLS side of connections
	 * @param sockets the sockets that this process inherited
	 * @param observer the observer of listeners that begin and end
	 */
	public SocketListeners(Connections connections, TlsContexts tls, PreopenedSockets sockets,
			ListenerObserver observer) {
		this.connections = connections;
		this.tls = tls;
		this.sockets = sockets;
		this.observer = observer;
	}

	/**
	 * Takes listeners from now on.
	 * @param loops the event loops
	 */
	public void start(SocketTransport loops) {
		synchronized (this.active) {
			this.transport = loops;
		}
	}

	/** Closes all listeners, and takes none until the next start. */
	public void stop() {
		List<BoundListener> all;
		synchronized (this.active) {
			this.transport = null;
			all = List.copyOf(this.active.values());
		}
		all.forEach(BoundListener::stop);
	}

	@Override
	public ActiveListener add(Listener listener) {
		return add(listener, null);
	}

	/**
	 * Begins to listen, as {@link #add(Listener)} does.
	 * @param listener the listener
	 * @param executor runs callbacks; null for the callback threads
	 * @return the listener that has begun
	 */
	public ActiveListener add(Listener listener, @Nullable Executor executor) {
		SocketUrl url = SocketUrl.parse(listener.url());
		ListenerOptions.check(listener, url);
		synchronized (this.active) {
			SocketTransport loops = this.transport;
			if (loops == null) {
				throw new IllegalStateException(
						"The application has not started, or is stopping, and takes no listener");
			}
			String name = listener.name().orElseGet(() -> unusedName(listener.url()));
			if (this.active.containsKey(name)) {
				throw new IllegalArgumentException("a listener named " + name + " listens already");
			}
			try {
				BoundListener bound = bind(name, listener, url, loops, executor);
				this.active.put(name, bound);
				SafeLog.guard(logger, "An observer of listeners", () -> this.observer.listens(bound));
				logger.info("Listener " + name + " listens on " + bound.where());
				return bound;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(
						"The listener " + name + " can't listen on " + url + ": " + ex.getMessage(), ex);
			}
		}
	}

	@Override
	public Collection<ActiveListener> active() {
		synchronized (this.active) {
			return List.copyOf(this.active.values());
		}
	}

	@Override
	public Optional<ActiveListener> find(String name) {
		synchronized (this.active) {
			return Optional.ofNullable(this.active.get(name));
		}
	}

	void stopped(BoundListener listener) {
		synchronized (this.active) {
			if (this.active.remove(listener.name(), listener)) {
				SafeLog.guard(logger, "An observer of listeners", () -> this.observer.stopped(listener));
			}
		}
	}

	private String unusedName(String url) {
		String name = url;
		for (int number = 2; this.active.containsKey(name); number++) {
			name = url + " (" + number + ")";
		}
		return name;
	}

	private BoundListener bind(String name, Listener listener, SocketUrl url, SocketTransport loops,
			@Nullable Executor executor) throws IOException {
		ConnectionInitializer initializer = new ConnectionInitializer(name, this.connections, listener,
				(url.scheme() == SocketUrl.Scheme.TLS) ? this.tls.server(listener) : null, executor);
		return switch (url.scheme()) {
			case TCP, TLS -> new BoundListener(this, name, listener, initializer,
					bindTcp(name, listener, url.address(), loops, initializer), null);
			case UNIX -> bindUnix(name, listener, url.path(), loops, initializer);
			case UDP -> new BoundListener(this, name, listener, initializer,
					bindUdp(listener, url.address(), loops, initializer), null);
		};
	}

	private Channel bindTcp(String name, Listener listener, SocketAddress address, SocketTransport loops,
			ConnectionInitializer initializer) throws IOException {
		ServerBootstrap server = on(this.sockets.take(address), server(listener, loops), loops.tcpServer())
			.childOption(ChannelOption.TCP_NODELAY, listener.isNoDelay())
			.option(ChannelOption.SO_REUSEADDR, true);
		if (listener.isReusePort()) {
			server.option(loops.reusePort(), true);
		}
		if (listener.fastOpen() > 0 && loops.isFastOpenAvailable()) {
			server.option(ChannelOption.TCP_FASTOPEN, listener.fastOpen());
		}
		else if (listener.fastOpen() > 0) {
			logger.warn("The listener " + name + " is without TCP fast open, which needs epoll, and 2 in "
					+ "/proc/sys/net/ipv4/tcp_fastopen");
		}
		return bind(server.childHandler(initializer), address);
	}

	private BoundListener bindUnix(String name, Listener listener, String path, SocketTransport loops,
			ConnectionInitializer initializer) throws IOException {
		UnixSocketFile file = new UnixSocketFile(path);
		ServerChannel open = this.sockets.take(loops.unixAddress(path));
		if (open == null) {
			file.deleteStale();
		}
		Channel channel = bind(on(open, server(listener, loops), loops.unixServer()).childHandler(initializer),
				loops.unixAddress(path));
		try {
			file.bound(listener.permissions());
		}
		catch (IOException | UnsupportedOperationException ex) {
			channel.close().syncUninterruptibly();
			if (open == null) {
				file.delete();
			}
			throw new IOException("its permissions can't be set to " + listener.permissions().orElse(""), ex);
		}
		return new BoundListener(this, name, listener, initializer, channel, (open == null) ? file : null);
	}

	private static Channel bindUdp(Listener listener, SocketAddress address, SocketTransport loops,
			ConnectionInitializer initializer) throws IOException {
		Bootstrap socket = new Bootstrap().group(loops.loops())
			.channel(loops.udp())
			.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DatagramFrames.MAX_PACKET))
			.handler(new DatagramPeers(initializer));
		if (listener.isReusePort()) {
			socket.option(loops.reusePort(), true);
		}
		return bind(socket, address);
	}

	private static ServerBootstrap server(Listener listener, SocketTransport loops) {
		ServerBootstrap server = new ServerBootstrap().group(loops.loops())
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
		listener.backlog().ifPresent((backlog) -> server.option(ChannelOption.SO_BACKLOG, backlog));
		return server;
	}

	private static ServerBootstrap on(@Nullable ServerChannel open, ServerBootstrap server,
			Class<? extends ServerChannel> otherwise) {
		return (open != null) ? server.channelFactory(() -> open) : server.channel(otherwise);
	}

	private static Channel bind(AbstractBootstrap<?, ?> server, SocketAddress address) throws IOException {
		try {
			return server.bind(address).syncUninterruptibly().channel();
		}
		catch (Exception ex) {
			// Netty throws what is checked without declaring it
			if (ex instanceof IOException failure) {
				throw failure;
			}
			throw ex;
		}
	}

}
