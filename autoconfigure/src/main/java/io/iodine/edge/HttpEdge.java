package io.iodine.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.HttpDecoderSpec;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Puts the guards into a Reactor Netty server.
 */
public final class HttpEdge {

	private static final int SLACK = 2048;

	private static final long SHORTEST_TICK = Duration.ofMillis(50).toNanos();

	private static final long LONGEST_TICK = Duration.ofSeconds(1).toNanos();

	private final EdgeLimits limits;

	private final EdgeObserver observer;

	private final SocketLimiter sockets;

	private final long tick;

	private final Map<EventExecutor, DeadlineSweeper> watches = new ConcurrentHashMap<>();

	/**
	 * Creates the guards of a server.
	 * @param limits hold for each connection
	 * @param observer hears what is refused
	 * @param sockets bounds the number of connections
	 */
	public HttpEdge(EdgeLimits limits, EdgeObserver observer, SocketLimiter sockets) {
		this.limits = limits;
		this.observer = observer;
		this.sockets = sockets;
		this.tick = tick(limits);
	}

	private static long tick(EdgeLimits limits) {
		long shortest = Stream
			.of(limits.headerTimeout(), limits.bodyTimeout(), limits.writeTimeout(), limits.keepAlive())
			.mapToLong(Duration::toNanos)
			.filter((nanos) -> nanos > 0)
			.min()
			.orElse(LONGEST_TICK);
		return Math.max(SHORTEST_TICK, Math.min(LONGEST_TICK, shortest / 4));
	}

	/**
	 * Guards a server.
	 * @param server the server
	 * @return a server as it, but guarded
	 */
	public HttpServer guard(HttpServer server) {
		HttpRequestDecoderSpec given = server.configuration().decoder();
		boolean idleTimeout = server.configuration().idleTimeout() != null;
		EdgeLimits limits = idleTimeout ? this.limits.withoutKeepAlive() : this.limits;
		return sized(server).httpRequestDecoder((spec) -> decoder(spec, given))
			.doOnChannelInit((observer, channel, remoteAddress) -> guard(channel, limits))
			.doOnConnection(HttpEdge::guardStream)
			.doOnBound(this::guardAcceptor);
	}

	@SuppressWarnings("deprecation") // an allocator of one's own is not deprecated
	private static HttpServer sized(HttpServer server) {
		return server.configuration().childOptions().containsKey(ChannelOption.RCVBUF_ALLOCATOR) ? server
				: server.childOption(ChannelOption.RCVBUF_ALLOCATOR, new ReadBufferAllocator());
	}

	/**
	 * Says in the settings of HTTP/2 what is limited there.
	 * @param settings the settings
	 */
	public void limit(Http2SettingsSpec.Builder settings) {
		settings.maxHeaderListSize(this.limits.maxHeaderSize())
			.maxConcurrentStreams(this.limits.maxConcurrentStreams());
	}

	// the guard's limits must strike before the codec's
	private HttpRequestDecoderSpec decoder(HttpRequestDecoderSpec spec, HttpDecoderSpec<?> given) {
		return spec.maxInitialLineLength(this.limits.maxRequestLine() + SLACK)
			.maxHeaderSize(this.limits.maxHeaderSize() + SLACK)
			.validateHeaders(given.validateHeaders())
			.initialBufferSize(given.initialBufferSize())
			.h2cMaxContentLength(given.h2cMaxContentLength())
			.allowPartialChunks(given.allowPartialChunks());
	}

	private void guard(Channel channel, EdgeLimits limits) {
		if (!this.sockets.admit(channel, this.observer)) {
			return;
		}
		ChannelPipeline pipeline = channel.pipeline();
		String first = firstOf(pipeline, NettyPipeline.H2OrHttp11Codec, NettyPipeline.H2CUpgradeHandler,
				NettyPipeline.HttpCodec);
		if (first == null) {
			return;
		}
		boolean plainHttp11 = first.equals(NettyPipeline.HttpCodec);
		if (plainHttp11 && !(pipeline.get(first) instanceof HttpServerCodec)) {
			return;
		}
		DeadlineSweeper watch = this.watches.computeIfAbsent(channel.eventLoop(),
				(loop) -> new DeadlineSweeper(loop, this.tick));
		Supplier<Http2TimeoutHandler> http2 = plainHttp11 ? null
				: () -> new Http2TimeoutHandler(limits, this.observer, watch);
		pipeline.addBefore(first, RequestDecoderGuard.NAME,
				new RequestDecoderGuard(limits, new ResponseGuard(this.observer), watch, http2));
	}

	private static @Nullable String firstOf(ChannelPipeline pipeline, String... names) {
		return Stream.of(names).filter((name) -> pipeline.get(name) != null).findFirst().orElse(null);
	}

	private static void guardStream(Connection connection) {
		if (connection.channel() instanceof Http2StreamChannel && connection instanceof HttpServerResponse response) {
			response.header(HttpHeaderNames.DATE, DateHeader.now());
			if (connection instanceof HttpServerRequest request
					&& request.requestHeaders().contains(HttpHeaderNames.UPGRADE)) {
				Http2StreamExemption.await(connection.channel());
			}
		}
	}

	private void guardAcceptor(DisposableServer server) {
		server.channel().pipeline().addFirst(AcceptFailureLogger.NAME, new AcceptFailureLogger(this.observer));
	}

}
