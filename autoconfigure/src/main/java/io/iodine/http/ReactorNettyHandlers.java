package io.iodine.http;

import java.util.Set;

import reactor.netty.NettyPipeline;

/**
 * Tells which of Reactor Netty's handlers stay in a pipeline when a connection takes it
 * over. All others are removed, those of later versions too, because a handler of HTTP
 * that is left behind would misread what is no longer HTTP.
 */
final class ReactorNettyHandlers {

	private static final String PREFIX = "reactor.";

	/** Below HTTP: TLS, the proxy protocol, meters and the log of bytes. */
	static final Set<String> KEPT = Set.of(NettyPipeline.SslHandler, NettyPipeline.SslReader,
			NettyPipeline.SslLoggingHandler, NettyPipeline.TlsMetricsHandler, NettyPipeline.ConnectMetricsHandler,
			NettyPipeline.ChannelMetricsHandler, NettyPipeline.HttpMetricsHandler, NettyPipeline.LoggingHandler,
			NettyPipeline.ProxyProtocolDecoder, NettyPipeline.ProxyProtocolReader, NettyPipeline.ProxyLoggingHandler);

	/** Removed by the take-over in an order of its own, or the codec of a stream. */
	static final Set<String> REMOVED_BY_TAKEOVER = Set.of(NettyPipeline.HttpCodec, NettyPipeline.ReactiveBridge,
			NettyPipeline.H2ToHttp11Codec);

	private ReactorNettyHandlers() {
	}

	/**
	 * Whether a handler has to go when its channel is taken over.
	 * @param name its name
	 * @return false for those that are kept and those that are not Reactor Netty's
	 */
	static boolean isHttp(String name) {
		return name.startsWith(PREFIX) && !KEPT.contains(name) && !REMOVED_BY_TAKEOVER.contains(name);
	}

}
