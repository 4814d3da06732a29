package io.iodine.socket;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.connection.CallbackScope;
import io.iodine.connection.ConnectionChannelHandler;
import io.iodine.connection.ConnectionSettings;
import io.iodine.connection.Connections;
import io.iodine.connection.Handshake;
import io.iodine.connection.PingSettings;
import io.iodine.connection.limit.Permit;
import io.iodine.connection.limit.RejectionReason;
import io.iodine.net.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Creates connections from the sockets accepted by a listener, within its limits. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
@Sharable
final class ConnectionInitializer extends ChannelInitializer<Channel> {

	private static final Log logger = LogFactory.getLog(ConnectionInitializer.class);

	/**
	 * The limit of a UDP listener without one, because the source of a datagram can be
	 * forged.
	 */
	private static final int MAX_DATAGRAM_PEERS = 10_000;

	private final String name;

	private final Connections connections;

	private final Listener listener;

	private final TlsContexts.@Nullable Server tls;

	private final @Nullable Executor executor;

	private final ConnectionSettings settings;

	private final AtomicInteger open = new AtomicInteger();

	private final ThrottledLog full = new ThrottledLog(logger);

	ConnectionInitializer(String name, Connections connections, Listener listener, TlsContexts.@Nullable Server tls,
			@Nullable Executor executor) {
		this.name = name;
		this.executor = executor;
		this.connections = connections;
		this.listener = listener;
		this.tls = tls;
		this.settings = listener.maxMessageSize().isPresent()
				? connections.settings().withMaxMessageSize(listener.maxMessageSize().getAsInt())
				: connections.settings();
	}

	int connections() {
		return this.open.get();
	}

	@Override
	protected void initChannel(Channel channel) {
		if (!acquire(channel)) {
			channel.close();
			return;
		}
		if (this.listener.isLogged()) {
			log(channel);
		}
		InetSocketAddress address = (channel.remoteAddress() instanceof InetSocketAddress inet) ? inet : null;
		Permit permit = this.connections.limiter().acquire(address, null);
		if (permit.rejection().isPresent()) {
			this.connections.rejected(permit.rejection().get());
			channel.close();
			return;
		}
		channel.closeFuture().addListener((closed) -> permit.release());
		if (this.tls == null) {
			connect(channel, permit);
			return;
		}
		this.tls.install(channel);
		channel.pipeline().addLast(new AfterHandshake(permit));
	}

	private void connect(Channel channel, Permit permit) {
		boolean admitted = this.connections.admit(() -> {
			ConnectionChannelHandler last = this.connections.connect(channel, handshake(channel, permit),
					Connections.Transfer.BARE);
			channel.pipeline().addLast(last);
			last.open();
		});
		if (!admitted) {
			this.connections.rejected(RejectionReason.DRAINING);
			channel.close();
		}
	}

	private Handshake handshake(Channel channel, Permit permit) {
		return new Handshake(Protocol.RAW, agreedOn(channel), Optional.empty(),
				new LazyHandler(this.listener.handlers()), this.listener.isNonBlocking(), Overflow.DEFAULT,
				CallbackScope.NONE, Optional.empty(), new PingSettings(this.listener.timeout(), Optional.empty()),
				permit, (channel instanceof DatagramPeer) ? DatagramFrames.FRAMER : this.listener.framer(),
				Optional.of(this.settings), false, Optional.ofNullable(this.executor));
	}

	/** What ALPN has agreed on, or else the first protocol of the listener. */
	private Optional<String> agreedOn(Channel channel) {
		SslHandler handler = channel.pipeline().get(SslHandler.class);
		String agreed = (handler != null) ? handler.applicationProtocol() : null;
		return (agreed != null) ? Optional.of(agreed) : this.listener.alpn().stream().findFirst();
	}

	private boolean acquire(Channel channel) {
		int max = (this.listener.maxConnections() == 0 && channel instanceof DatagramPeer) ? MAX_DATAGRAM_PEERS
				: this.listener.maxConnections();
		if (this.open.incrementAndGet() > max && max > 0) {
			this.open.decrementAndGet();
			this.full.warn(() -> "The listener " + this.listener + " has " + max
					+ " connections, its limit, and closes further ones");
			this.connections.rejected(RejectionReason.TOTAL);
			return false;
		}
		channel.closeFuture().addListener((closed) -> this.open.decrementAndGet());
		return true;
	}

	/** Peers of a Unix socket have no address. */
	private void log(Channel channel) {
		Log lines = LogFactory.getLog("io.iodine.listener." + this.name);
		String peer = (channel.remoteAddress() instanceof InetSocketAddress inet)
				? inet.getAddress().getHostAddress() + ":" + inet.getPort() : channel.id().asShortText();
		long start = System.nanoTime();
		lines.info(peer + " has connected");
		channel.closeFuture()
			.addListener((closed) -> lines
				.info(peer + " has closed after " + (System.nanoTime() - start) / 1_000_000 + " ms"));
	}

	/** Waits for the end of the TLS handshake. */
	private final class AfterHandshake extends ChannelInboundHandlerAdapter {

		private final Permit permit;

		AfterHandshake(Permit permit) {
			this.permit = permit;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof SslHandshakeCompletionEvent completion) {
				if (completion.isSuccess()) {
					ctx.pipeline().remove(this);
					connect(ctx.channel(), this.permit);
				}
				else {
					logger.debug("A TLS handshake of the listener " + ConnectionInitializer.this.listener + " failed",
							completion.cause());
					ctx.close();
				}
			}
			else {
				ctx.fireUserEventTriggered(event);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			logger.debug("A connection of the listener " + ConnectionInitializer.this.listener + " failed", cause);
			ctx.close();
		}

	}

}
