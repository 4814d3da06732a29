package io.iodine.http;

import java.util.Optional;
import java.util.function.BiConsumer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpServer;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * Lets WebSockets in through HTTP/2 (RFC 8441): an extended CONNECT becomes the GET of
 * RFC 6455 that it stands for, so that everything behind sees one kind of handshake. It
 * works on the frames of a whole HTTP/2 connection, before they are parted into streams.
 */
@Sharable
public final class ExtendedConnect extends ChannelInboundHandlerAdapter {

	static final String NAME = "iodine.http2";

	private static final ExtendedConnect INSTANCE = new ExtendedConnect();

	/** Added by the codec of streams, but on HTTP/1.1 anyone may send it. */
	private static final String STREAM_ID = HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text().toString();

	/** Not part of such a handshake, but of the one that it becomes. */
	private static final String NO_KEY = "AAAAAAAAAAAAAAAAAAAAAA==";

	private ExtendedConnect() {
	}

	/**
	 * Has a server say that it takes WebSockets, and take them.
	 * @param server the server
	 * @return a server as it, whose settings of HTTP/2 say so
	 */
	public static HttpServer allow(HttpServer server) {
		Http2SettingsSpec given = server.configuration().http2SettingsSpec();
		return server.http2Settings((settings) -> {
			Optional.ofNullable(given).ifPresent((spec) -> copy(spec, settings));
			settings.connectProtocolEnabled(true);
		}).doOnChannelInit((observer, channel, remoteAddress) -> await(channel));
	}

	/**
	 * Whether a request was made of an extended CONNECT, given that it asks for an
	 * upgrade.
	 * @param request the request
	 * @return false when it came some other way
	 */
	static boolean made(ServerHttpRequest request) {
		return request.getHeaders().containsHeader(STREAM_ID)
				&& ServerHttpRequestDecorator.getNativeRequest(request) instanceof Connection connection
				&& connection.channel() instanceof Http2StreamChannel;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ctx.fireChannelRead((msg instanceof Http2HeadersFrame frame && isHandshake(frame)) ? translated(frame) : msg);
	}

	private static boolean isHandshake(Http2HeadersFrame frame) {
		CharSequence protocol = frame.headers().get(PseudoHeaderName.PROTOCOL.value());
		return protocol != null && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(protocol)
				&& HttpMethod.CONNECT.asciiName().contentEquals(frame.headers().method());
	}

	/** Peers can't ask for an upgrade themselves: HTTP/2 refuses the header. */
	private static Http2HeadersFrame translated(Http2HeadersFrame frame) {
		Http2Headers headers = new DefaultHttp2Headers(false).setAll(frame.headers());
		headers.remove(PseudoHeaderName.PROTOCOL.value());
		headers.method(HttpMethod.GET.asciiName());
		headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
		headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, NO_KEY);
		return new DefaultHttp2HeadersFrame(headers, frame.isEndStream(), frame.padding()).stream(frame.stream());
	}

	/** Only a handshake of TLS, or the first bytes, tell whether it is HTTP/2. */
	private static void await(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
			pipeline.addAfter(NettyPipeline.H2OrHttp11Codec, NAME, new Installer());
		}
		else if (pipeline.get(NettyPipeline.H2CUpgradeHandler) != null) {
			pipeline.addBefore(NettyPipeline.HttpTrafficHandler, NAME, new Installer());
		}
	}

	private static void copy(Http2SettingsSpec given, Http2SettingsSpec.Builder settings) {
		set(settings, given.headerTableSize(), Http2SettingsSpec.Builder::headerTableSize);
		set(settings, given.initialWindowSize(), Http2SettingsSpec.Builder::initialWindowSize);
		set(settings, given.maxConcurrentStreams(), Http2SettingsSpec.Builder::maxConcurrentStreams);
		set(settings, given.maxFrameSize(), Http2SettingsSpec.Builder::maxFrameSize);
		set(settings, given.maxHeaderListSize(), Http2SettingsSpec.Builder::maxHeaderListSize);
		set(settings, given.maxStreams(), Http2SettingsSpec.Builder::maxStreams);
		set(settings, given.pingAckTimeout(), Http2SettingsSpec.Builder::pingAckTimeout);
		set(settings, given.pingAckDropThreshold(), Http2SettingsSpec.Builder::pingAckDropThreshold);
		setPair(given.maxDecodedRstFramesPerWindow(), given.maxDecodedRstFramesSecondsPerWindow(),
				settings::maxDecodedRstFramesPerWindow);
		setPair(given.maxEncodedRstFramesPerWindow(), given.maxEncodedRstFramesSecondsPerWindow(),
				settings::maxEncodedRstFramesPerWindow);
	}

	private static void setPair(@Nullable Integer frames, @Nullable Integer seconds,
			BiConsumer<Integer, Integer> setter) {
		if (frames != null && seconds != null) {
			setter.accept(frames, seconds);
		}
	}

	private static <T> void set(Http2SettingsSpec.Builder settings, @Nullable T value,
			BiConsumer<Http2SettingsSpec.Builder, T> setter) {
		if (value != null) {
			setter.accept(settings, value);
		}
	}

	/** Waits for the handler that parts streams, and goes before it. */
	private static final class Installer extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			ChannelPipeline pipeline = ctx.pipeline();
			boolean http2 = pipeline.get(NettyPipeline.H2MultiplexHandler) != null;
			ctx.fireUserEventTriggered(event);
			if (http2 || event instanceof SslHandshakeCompletionEvent) {
				pipeline.remove(this);
			}
			if (http2) {
				pipeline.addBefore(NettyPipeline.H2MultiplexHandler, NAME, INSTANCE);
			}
		}

	}

}
