package io.iodine.socket;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.concurrent.CallbackExecutor;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.ConnectionChannelHandler;
import io.iodine.connection.ConnectionSettings;
import io.iodine.connection.Connections;
import io.iodine.connection.Handshake;
import io.iodine.connection.PingSettings;
import io.iodine.connection.limit.Permit;
import io.iodine.net.ClientOptions;
import io.iodine.net.Connector;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Connects to other servers. Any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class SocketConnector implements Connector, AutoCloseable {

	private static final Log logger = LogFactory.getLog(SocketConnector.class);

	private final Connections connections;

	private final TlsContexts tls;

	private final Executor callbacks;

	private final AttachedChannels attached = new AttachedChannels();

	private volatile @Nullable SocketTransport transport;

	/**
	 * Creates a connector that connects once started.
	 * @param connections where connections begin
	 * @param tls makes the TLS side of connections
	 * @param callbacks looks up hosts, which may block
	 */
	public SocketConnector(Connections connections, TlsContexts tls, Executor callbacks) {
		this.connections = connections;
		this.tls = tls;
		this.callbacks = CallbackExecutor.rejecting(callbacks);
	}

	/**
	 * Connects from now on.
	 * @param loops the event loops
	 */
	public void start(SocketTransport loops) {
		this.transport = loops;
	}

	/** The event loops; null unless started. */
	@Nullable SocketTransport transport() {
		return this.transport;
	}

	/** Connects no more. */
	public void stop() {
		this.transport = null;
	}

	/** Ends the event loop of attached channels, once all connections have closed. */
	@Override
	public void close() {
		this.attached.close();
	}

	/**
	 * Checks a URL without connecting.
	 * @param url the URL
	 * @param options how
	 * @throws IllegalArgumentException when the URL is no such URL, or an option is not
	 * for it
	 */
	public static void check(URI url, ClientOptions options) {
		Target.of(url, options);
	}

	@Override
	public Connection connect(URI url, ConnectionHandler handler, ClientOptions options) {
		return connect(url, handler, options, (Executor) null);
	}

	@Override
	public Connection attach(SocketChannel socket, ConnectionHandler handler, ClientOptions options) {
		Objects.requireNonNull(handler, "the handler must not be null");
		transportToAttach();
		return attach(this.attached.register(socket), handler, options);
	}

	@Override
	public Connection attach(int descriptor, ConnectionHandler handler, ClientOptions options) {
		Objects.requireNonNull(handler, "the handler must not be null");
		return attach(AttachedDescriptors.register(descriptor, transportToAttach()), handler, options);
	}

	private SocketTransport transportToAttach() {
		SocketTransport loops = this.transport;
		if (loops == null) {
			throw new IllegalStateException("The application has not started, or is stopping, and attaches nothing");
		}
		return loops;
	}

	private Connection attach(Channel channel, ConnectionHandler handler, ClientOptions options) {
		ConnectionChannelHandler connection = this.connections.connect(channel,
				handshake(Protocol.RAW, options.framer(), handler, options, null), Connections.Transfer.BARE);
		channel.eventLoop().execute(() -> {
			channel.pipeline().addLast(connection);
			connection.open();
			channel.config().setAutoRead(true);
		});
		return connection.connection();
	}

	/**
	 * Connects.
	 * @param url where to
	 * @param handler gets the callbacks
	 * @param options how
	 * @param executor runs the callbacks; null for the callback threads
	 * @return the connection
	 */
	public Connection connect(URI url, ConnectionHandler handler, ClientOptions options, @Nullable Executor executor) {
		return connect(url, handler, options, executor, () -> {
		});
	}

	/**
	 * Connects.
	 * @param url where to
	 * @param handler gets the callbacks
	 * @param options how
	 * @param executor runs the callbacks; null for the callback threads
	 * @param whenEnded called after the last callback
	 * @return the connection
	 */
	Connection connect(URI url, ConnectionHandler handler, ClientOptions options, @Nullable Executor executor,
			Runnable whenEnded) {
		Objects.requireNonNull(handler, "the handler must not be null");
		SocketTransport loops = this.transport;
		if (loops == null) {
			throw new IllegalStateException("The application has not started, or is stopping, and does not connect");
		}
		Target target = Target.of(url, options);
		TlsContexts.Client encryption = target.tls() ? this.tls.client(options.tlsBundle()) : null;
		Channel channel = register(target, options, loops);
		ConnectionChannelHandler connection = this.connections.connect(channel,
				handshake(target, handler, options, executor), Connections.Transfer.BARE);
		connection.whenEnded(whenEnded);
		channel.eventLoop().execute(() -> build(channel.pipeline(), target, options, encryption, connection));
		try {
			this.callbacks.execute(() -> connect(channel, target, options, loops, connection));
		}
		catch (RejectedExecutionException ex) {
			connection.fail(Cause.SHUTDOWN, "the application is stopping, or has no thread to connect with");
		}
		return connection.connection();
	}

	private static Channel register(Target target, ClientOptions options, SocketTransport loops) {
		Bootstrap client = new Bootstrap().group(loops.loops())
			.channel((target.path() != null) ? loops.unix() : target.udp() ? loops.udp() : loops.tcp())
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout().toMillis())
			.handler(new ChannelInboundHandlerAdapter());
		if (target.udp()) {
			client.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DatagramFrames.MAX_PACKET));
			return client.register().channel();
		}
		client.option(ChannelOption.ALLOW_HALF_CLOSURE, target.protocol() == Protocol.RAW);
		if (target.path() == null) {
			client.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
		}
		return client.register().channel();
	}

	private Handshake handshake(Target target, ConnectionHandler handler, ClientOptions options,
			@Nullable Executor executor) {
		return handshake(target.protocol(), target.udp() ? DatagramFrames.FRAMER : options.framer(), handler, options,
				executor);
	}

	private Handshake handshake(Protocol protocol, Framer framer, ConnectionHandler handler, ClientOptions options,
			@Nullable Executor executor) {
		ConnectionSettings settings = options.maxMessageSize().isPresent()
				? this.connections.settings().withMaxMessageSize(options.maxMessageSize().getAsInt())
				: this.connections.settings();
		return new Handshake(protocol, Optional.empty(), Optional.empty(), handler, options.isNonBlocking(),
				Overflow.DEFAULT, CallbackScope.NONE, Optional.empty(),
				new PingSettings(options.timeout(), options.pingTimeout()), Permit.uncounted(), framer,
				Optional.of(settings), true, Optional.ofNullable(executor));
	}

	private static void build(ChannelPipeline pipeline, Target target, ClientOptions options,
			TlsContexts.@Nullable Client encryption, ConnectionChannelHandler connection) {
		try {
			handlers(pipeline, target, options, encryption, connection);
			pipeline.addLast(connection);
		}
		catch (Throwable ex) {
			logger.debug("The handlers of a connection to " + target.url() + " could not be made", ex);
			// only what is in the pipeline can end
			pipeline.addLast(connection);
			connection.fail(Cause.PEER, "the connection can't be set up: " + ex);
		}
	}

	private static void handlers(ChannelPipeline pipeline, Target target, ClientOptions options,
			TlsContexts.@Nullable Client encryption, ConnectionChannelHandler connection) {
		options.proxy().ifPresent((address) -> ProxyTunnel.install(pipeline, address));
		if (encryption != null) {
			SslHandler handler = encryption.handler(pipeline.channel(), target.host(), target.port());
			handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
			pipeline.addLast(handler);
		}
		if (target.protocol() != Protocol.RAW) {
			pipeline.addLast(new HttpClientCodec());
			pipeline
				.addLast(new HttpHandshake(target.url(), target.protocol() == Protocol.WEBSOCKET, options, connection));
		}
		if (target.udp()) {
			pipeline.addLast(new DatagramFrames(pipeline.channel().newSucceededFuture()));
		}
	}

	/** Looks the host up and connects. Callback thread. */
	private static void connect(Channel channel, Target target, ClientOptions options, SocketTransport loops,
			ConnectionChannelHandler connection) {
		SocketAddress address;
		if (target.path() != null) {
			address = loops.unixAddress(target.path());
		}
		else {
			InetSocketAddress inet = options.proxy().isPresent()
					? InetSocketAddress.createUnresolved(target.host(), target.port())
					: new InetSocketAddress(target.host(), target.port());
			if (inet.isUnresolved() && options.proxy().isEmpty()) {
				connection.fail(Cause.PEER, "the host " + target.host() + " is unknown");
				return;
			}
			address = inet;
		}
		channel.eventLoop().execute(() -> connect(channel, address, options, connection));
	}

	private static void connect(Channel channel, SocketAddress address, ClientOptions options,
			ConnectionChannelHandler connection) {
		channel.connect(address).addListener((connected) -> {
			if (connected.isSuccess()) {
				begin(channel, options, connection);
			}
			else {
				connection.fail(isTimeout(connected.cause()) ? Cause.TIMEOUT : Cause.PEER,
						"can't connect: " + connected.cause().getMessage());
			}
		});
	}

	private static boolean isTimeout(Throwable cause) {
		return cause instanceof ConnectTimeoutException;
	}

	/** The socket is connected, and handshakes follow. Event loop. */
	private static void begin(Channel channel, ClientOptions options, ConnectionChannelHandler connection) {
		channel.eventLoop()
			.schedule(
					() -> connection.failUnlessOpen(Cause.TIMEOUT,
							"the handshake took longer than " + options.handshakeTimeout().toMillis() + " ms"),
					options.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
		if (options.proxy().isPresent()) {
			ProxyTunnel.connected(channel.pipeline()).addListener((connected) -> {
				if (connected.isSuccess()) {
					encrypt(channel, connection);
				}
				else {
					connection.fail(Cause.PEER, "the proxy does not connect: " + connected.cause().getMessage());
				}
			});
			return;
		}
		encrypt(channel, connection);
	}

	private static void encrypt(Channel channel, ConnectionChannelHandler connection) {
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls == null) {
			handshake(channel, connection);
			return;
		}
		tls.handshakeFuture().addListener((done) -> {
			if (done.isSuccess()) {
				handshake(channel, connection);
			}
			else {
				connection.fail(Cause.PEER, "the TLS handshake failed: " + done.cause().getMessage());
			}
		});
	}

	private static void handshake(Channel channel, ConnectionChannelHandler connection) {
		HttpHandshake http = channel.pipeline().get(HttpHandshake.class);
		if (http != null) {
			http.begin(channel.pipeline().context(http));
		}
		else {
			connection.open();
		}
	}

	/**
	 * What a URL leads to.
	 *
	 * @param url the URL
	 * @param protocol what is spoken
	 * @param tls whether it is encrypted
	 * @param host the host, without brackets
	 * @param port the port
	 * @param path the path of a Unix socket; null for TCP
	 */
	private record Target(URI url, Protocol protocol, boolean tls, String host, int port, @Nullable String path) {

		static Target of(URI url, ClientOptions options) {
			String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
			Target target = switch (scheme) {
				case "ws", "wss" -> http(url, Protocol.WEBSOCKET, scheme.equals("wss"), options);
				case "http", "https" -> http(url, Protocol.SSE, scheme.equals("https"), options);
				case "tcp", "tls", "udp", "unix" -> {
					SocketUrl socket = SocketUrl.parse(url.toString());
					boolean unix = socket.scheme() == SocketUrl.Scheme.UNIX;
					yield new Target(url, Protocol.RAW, socket.scheme() == SocketUrl.Scheme.TLS, socket.host(),
							socket.port(), unix ? socket.path() : options.unixSocket().orElse(null));
				}
				default -> throw new IllegalArgumentException(
						"the scheme of " + url + " must be ws, wss, http, https, tcp, tls, udp or unix");
			};
			return target.checked(options);
		}

		private static Target http(URI url, Protocol protocol, boolean tls, ClientOptions options) {
			if (url.getHost() == null || url.getRawUserInfo() != null) {
				throw new IllegalArgumentException("the URL " + url + " has no host, or has a user");
			}
			int port = (url.getPort() >= 0) ? url.getPort() : (tls ? 443 : 80);
			return new Target(url, protocol, tls, url.getHost().replaceAll("[\\[\\]]", ""), port,
					options.unixSocket().orElse(null));
		}

		boolean udp() {
			return this.protocol == Protocol.RAW && "udp".equalsIgnoreCase(this.url.getScheme());
		}

		private Target checked(ClientOptions options) {
			if (this.protocol == Protocol.RAW && (!options.headers().isEmpty() || !options.subprotocols().isEmpty())) {
				throw new IllegalArgumentException("headers and subprotocols can't be used with " + this.url);
			}
			if ((this.protocol != Protocol.RAW || udp()) && !options.framer().equals(Framer.raw())) {
				throw new IllegalArgumentException("a framer can't be used with " + this.url);
			}
			if (udp() && (options.proxy().isPresent() || options.unixSocket().isPresent())) {
				throw new IllegalArgumentException("a proxy and a Unix socket can't be used with " + this.url);
			}
			if (this.protocol != Protocol.WEBSOCKET && options.isCompression()) {
				throw new IllegalArgumentException("compression can't be used with " + this.url);
			}
			if (!this.tls && options.tlsBundle().isPresent()) {
				throw new IllegalArgumentException("an SSL bundle can't be used with " + this.url);
			}
			if (this.path == null && (this.port < 1 || this.port > 65_535)) {
				throw new IllegalArgumentException("the port of " + this.url + " must be from 1 to 65535");
			}
			return this;
		}

	}

}
