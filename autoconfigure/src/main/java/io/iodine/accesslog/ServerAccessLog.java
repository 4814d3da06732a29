package io.iodine.accesslog;

import java.net.SocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;

/** Puts the access log into a Reactor Netty server. */
public final class ServerAccessLog {

	private static final String HTTP2 = "HTTP/2.0";

	private final AccessLog log;

	private final boolean forwarded;

	/**
	 * A log of what a server is asked.
	 * @param log where to
	 * @param forwarded whether what proxies say of a client's address counts
	 */
	public ServerAccessLog(AccessLog log, boolean forwarded) {
		this.log = log;
		this.forwarded = forwarded;
	}

	/**
	 * Logs what a server is asked.
	 * @param server the server
	 * @return a server as it, but with an access log
	 */
	public HttpServer log(HttpServer server) {
		return server.doOnChannelInit((observer, channel, remoteAddress) -> watch(channel))
			.doOnConnection(this::watchStream);
	}

	/**
	 * Logs a request of HTTP/2 that was refused before it came to its stream.
	 * @param peer the other end of the socket, or null
	 * @param head the head of the request
	 * @param status the status of the answer
	 */
	public void rejected(@Nullable SocketAddress peer, Http2Headers head, int status) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		head.forEach((header) -> headers.add(header.getKey(), header.getValue()));
		Exchange exchange = new Exchange(ClientAddress.of(peer, headers::get, this.forwarded),
				String.valueOf(head.method()), String.valueOf(head.path()), HTTP2, headers);
		exchange.status(status);
		this.log.add(exchange.end(null, null));
	}

	private void watch(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpServerCodec) {
			pipeline.addAfter(NettyPipeline.HttpCodec, ExchangeLog.NAME,
					new ExchangeLog(this.log, this.forwarded, null));
		}
		else if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
			pipeline.addBefore(NettyPipeline.H2OrHttp11Codec, ExchangeLog.NAME, new FirstRead());
		}
		else if (pipeline.get(NettyPipeline.H2CUpgradeHandler) != null) {
			pipeline.addBefore(NettyPipeline.H2CUpgradeHandler, ExchangeLog.NAME, new FirstRead());
		}
	}

	private void watchStream(Connection connection) {
		if (connection.channel() instanceof Http2StreamChannel stream
				&& connection instanceof HttpServerRequest request) {
			SocketAddress peer = stream.parent().remoteAddress();
			String address = ClientAddress.of(peer, request.requestHeaders()::get, this.forwarded);
			Exchange exchange = new Exchange(address, request.method().name(), request.uri(), HTTP2,
					request.requestHeaders());
			stream.pipeline()
				.addAfter(NettyPipeline.H2ToHttp11Codec, ExchangeLog.NAME,
						new ExchangeLog(this.log, this.forwarded, exchange));
		}
	}

	/** Waits until the client has chosen its protocol. */
	private final class FirstRead extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			ChannelPipeline pipeline = ctx.pipeline();
			String codec = codec(pipeline);
			pipeline.remove(this);
			if (codec != null) {
				pipeline.addAfter(codec, ExchangeLog.NAME,
						new ExchangeLog(ServerAccessLog.this.log, ServerAccessLog.this.forwarded, null));
			}
			ctx.fireChannelRead(msg);
		}

		private @Nullable String codec(ChannelPipeline pipeline) {
			ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
			return (codec != null) ? codec.name() : null;
		}

	}

}
