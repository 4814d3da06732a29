package io.iodine.http;

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
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
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
	 * Has a server take WebSockets, once its settings of HTTP/2 say that it does.
	 * @param server the server
	 * @return a server as it, that translates them
	 */
	public static HttpServer allow(HttpServer server) {
		return server.doOnChannelInit((observer, channel, remoteAddress) -> await(channel));
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
