package io.iodine.edge;

import java.util.function.Supplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Tells HTTP/2 from HTTP/1.1 by the first octets of a connection: under TLS ALPN has
 * chosen, and the HTTP/1.1 codec is missing; in clear, HTTP/2 begins with its preface, of
 * which the first segment may hold a part.
 */
final class HttpVersionDetector {

	private final @Nullable Supplier<Http2TimeoutHandler> http2;

	/**
	 * Creates the detector.
	 * @param http2 makes the handler of HTTP/2 connections; null when the server has none
	 */
	HttpVersionDetector(@Nullable Supplier<Http2TimeoutHandler> http2) {
		this.http2 = http2;
	}

	/** How much of the preface of HTTP/2 is there. */
	Http2Preface preface(ChannelHandlerContext ctx, ByteBuf octets) {
		if (ctx.pipeline().context(HttpServerCodec.class) == null) {
			return Http2Preface.COMPLETE;
		}
		return mayUpgradeInClear(ctx) ? Http2Preface.of(octets) : Http2Preface.ABSENT;
	}

	private boolean mayUpgradeInClear(ChannelHandlerContext ctx) {
		return this.http2 != null && ctx.pipeline().get(SslHandler.class) == null;
	}

	/** Adds what guards the responses of HTTP/1.1, behind the codec and its logs. */
	void addHttp1(ChannelHandlerContext ctx, ResponseGuard responses) {
		ChannelPipeline pipeline = ctx.pipeline();
		String codec = pipeline.context(HttpServerCodec.class).name();
		// a log of the edge's family, which stands behind the codec, sees rejections too
		String last = pipeline.names()
			.stream()
			.dropWhile((name) -> !name.equals(codec))
			.filter((name) -> name.startsWith("iodine.edge."))
			.reduce(codec, (before, after) -> after);
		pipeline.addAfter(last, ResponseGuard.NAME, responses);
	}

	/** Adds what guards an HTTP/2 connection behind this handler. */
	void addHttp2(ChannelHandlerContext ctx) {
		if (this.http2 != null) {
			ctx.pipeline().addAfter(ctx.name(), Http2TimeoutHandler.NAME, this.http2.get());
		}
	}

	static boolean isHttp2(ChannelHandlerContext ctx) {
		return ctx.pipeline().get(NettyPipeline.H2MultiplexHandler) != null;
	}

}
