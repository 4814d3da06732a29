package io.iodine.http;

import java.util.List;
import java.util.Objects;

import io.iodine.Protocol;
import io.iodine.connection.ConnectionChannelHandler;
import io.iodine.connection.Connections;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.Handshake;
import io.iodine.connection.limit.RejectionReason;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.NettyPipeline;

/**
 * Takes a channel over from HTTP. It stands just before Reactor Netty's bridge from the
 * moment an upgrade was accepted and waits for the head of the application's response: a
 * status of 300 or more passes, and this handler goes; any other becomes the 101 or 200,
 * after which nothing of HTTP is left in the pipeline. What the exchange still writes is
 * swallowed and succeeds, so that it ends as every exchange does.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class Takeover extends ChannelDuplexHandler {

	private static final String NAME = "iodine.takeover";

	private static final String CONNECTION = "iodine.connection";

	/** What Reactor Netty keeps at a channel, and makes again if it looks for it. */
	private static final AttributeKey<?> REACTOR_CONNECTION = AttributeKey.valueOf("$CONNECTION");

	/**
	 * The handlers of other rooms that have to do with HTTP, by the beginning of their
	 * names.
	 */
	private static final List<String> IODINE_HANDLERS = List.of("iodine.edge.", "iodine.file", ExtendedConnect.NAME);

	private final Connections connections;

	private final Handshake handshake;

	/** The value of {@code Sec-WebSocket-Accept}, or the name of a RAW protocol. */
	private final String token;

	private final boolean persistent;

	private boolean taken;

	private Takeover(Connections connections, Handshake handshake, String token, boolean persistent) {
		this.connections = connections;
		this.handshake = handshake;
		this.token = token;
		this.persistent = persistent;
	}

	/**
	 * Waits for the response of an exchange. The handler is added on the event loop,
	 * because one that is added to a closing channel from elsewhere is never removed.
	 * @param channel the channel of the exchange
	 * @param connections where the connection begins
	 * @param handshake what was agreed on
	 * @param token the value of {@code Sec-WebSocket-Accept}, or the name of a RAW
	 * protocol
	 * @param persistent whether the client speaks HTTP/1.1 or later, and so knows chunks
	 * @return whether the take-over waits for the response, which may be written now;
	 * false when the client is gone
	 */
	static Mono<Boolean> arm(Channel channel, Connections connections, Handshake handshake, String token,
			boolean persistent) {
		Takeover takeover = new Takeover(connections, handshake, token, persistent);
		return Mono.create((sink) -> {
			EventLoop loop = channel.eventLoop();
			if (loop.inEventLoop()) {
				takeover.arm(channel.pipeline(), sink);
			}
			else {
				loop.execute(() -> takeover.arm(channel.pipeline(), sink));
			}
		});
	}

	private void arm(ChannelPipeline pipeline, MonoSink<Boolean> sink) {
		boolean armed = pipeline.get(NettyPipeline.ReactiveBridge) != null && this.handshake.permit().arm();
		try {
			if (armed) {
				pipeline.addBefore(NettyPipeline.ReactiveBridge, NAME, this);
			}
			sink.success(armed);
		}
		catch (RuntimeException | Error ex) {
			this.handshake.permit().disarm();
			sink.error(ex);
		}
	}

	/** Releases the permit if the handler is removed before the take-over. */
	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.handshake.permit().disarm();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (this.taken) {
			ReferenceCountUtil.release(msg);
			promise.trySuccess();
		}
		else if (msg instanceof HttpResponse response && isFinal(response)) {
			answer(ctx, response, promise);
		}
		else {
			ctx.write(msg, promise);
		}
	}

	/** What the peer sends next is not for the exchange. */
	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.taken) {
			ReferenceCountUtil.release(msg);
		}
		else {
			ctx.fireChannelRead(msg);
		}
	}

	private static boolean isFinal(HttpResponse response) {
		return response.status().codeClass() != HttpStatusClass.INFORMATIONAL
				|| response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
	}

	private void answer(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
		if (response.status().code() >= HttpResponseStatus.MULTIPLE_CHOICES.code()) {
			pass(ctx, response, promise);
		}
		else if (!this.connections.admit(() -> take(ctx, response, promise))) {
			this.connections.rejected(RejectionReason.DRAINING);
			rejectWhileDraining(response);
			pass(ctx, response, promise);
		}
	}

	/** At any status but 200 a browser would give an event stream up for good. */
	private void rejectWhileDraining(HttpResponse response) {
		if (this.handshake.protocol() == Protocol.SSE) {
			response.setStatus(HttpResponseStatus.OK);
			response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM);
		}
		else {
			response.setStatus(HttpResponseStatus.SERVICE_UNAVAILABLE);
			response.headers().set(HttpHeaderNames.RETRY_AFTER, "1");
		}
	}

	private void pass(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
		ctx.pipeline().remove(this);
		ctx.write(response, promise);
	}

	private void take(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
		this.taken = true;
		HttpHeaders headers = response.headers().copy();
		headers.remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
		ReferenceCountUtil.release(response);
		promise.addListener((done) -> ctx.channel().eventLoop().execute(() -> leave(ctx.pipeline())));
		try {
			if (ctx.channel() instanceof Http2StreamChannel) {
				takeStream(ctx, headers);
			}
			else {
				takeSocket(ctx, headers);
			}
		}
		catch (RuntimeException | Error ex) {
			// neither HTTP nor the connection would answer
			ctx.close();
			throw ex;
		}
		promise.trySuccess();
		ctx.channel().config().setAutoRead(true);
		ctx.channel().read();
	}

	private void takeSocket(ChannelHandlerContext ctx, HttpHeaders headers) {
		ChannelPipeline pipeline = ctx.pipeline();
		pipeline.names()
			.stream()
			.filter((name) -> ReactorNettyHandlers.isHttp(name) && !name.equals(NettyPipeline.AccessLogHandler))
			.forEach((name) -> remove(pipeline, name));
		HttpResponse head = head(headers);
		ctx.writeAndFlush(head).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		remove(pipeline, NettyPipeline.AccessLogHandler);
		// the guard of answers has removed the chunks for a client of HTTP/1.0
		Transfer transfer = HttpUtil.isTransferEncodingChunked(head) ? Transfer.CHUNKED : Transfer.BARE;
		ChannelHandlerContext codec = Objects.requireNonNull(pipeline.context(HttpServerCodec.class));
		ConnectionChannelHandler channelHandler = this.connections.connect(ctx.channel(), this.handshake, transfer);
		pipeline.addAfter(codec.name(), CONNECTION, channelHandler);
		pipeline.names().stream().filter(Takeover::isIodineHandler).forEach((name) -> remove(pipeline, name));
		channelHandler.open();
		// hands on what it has read and not decoded
		pipeline.remove(codec.name());
	}

	/**
	 * Of a stream of HTTP/2 the codec stays, and what follows it goes. A WebSocket is
	 * answered with 200 and no key (RFC 8441, section 5).
	 */
	private void takeStream(ChannelHandlerContext ctx, HttpHeaders headers) {
		ChannelPipeline pipeline = ctx.pipeline();
		ConnectionChannelHandler channelHandler = this.connections.connect(ctx.channel(), this.handshake,
				Transfer.HTTP2);
		pipeline.addAfter(NettyPipeline.H2ToHttp11Codec, CONNECTION, channelHandler);
		pipeline.names()
			.stream()
			.dropWhile((name) -> !name.equals(CONNECTION))
			.filter((name) -> ReactorNettyHandlers.isHttp(name) || isIodineHandler(name))
			.forEach((name) -> remove(pipeline, name));
		if (this.handshake.protocol() == Protocol.WEBSOCKET) {
			agreedOn(headers);
			// the request has no other end, and its exchange waits for one
			ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		}
		else {
			eventStream(headers);
		}
		pipeline.context(channelHandler)
			.writeAndFlush(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
		channelHandler.open();
	}

	private HttpResponse head(HttpHeaders headers) {
		if (this.handshake.protocol() == Protocol.SSE) {
			headers.set(this.persistent ? HttpHeaderNames.TRANSFER_ENCODING : HttpHeaderNames.CONNECTION,
					this.persistent ? HttpHeaderValues.CHUNKED : HttpHeaderValues.CLOSE);
			return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, eventStream(headers));
		}
		headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
		if (this.handshake.protocol() == Protocol.WEBSOCKET) {
			headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
			headers.set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, this.token);
			agreedOn(headers);
		}
		else {
			headers.set(HttpHeaderNames.UPGRADE, this.token);
		}
		return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS,
				Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
	}

	private void agreedOn(HttpHeaders headers) {
		this.handshake.subprotocol().ifPresent((name) -> headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, name));
		this.handshake.deflate()
			.ifPresent((agreed) -> headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, agreed.answer()));
	}

	private static HttpHeaders eventStream(HttpHeaders headers) {
		headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM);
		if (!headers.contains(HttpHeaderNames.CACHE_CONTROL)) {
			headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
		}
		return headers.set("X-Accel-Buffering", "no");
	}

	/** The exchange has ended: its bridge, its attribute and this handler may go. */
	@SuppressWarnings("deprecation") // an attribute that is null would stay in memory
	private void leave(ChannelPipeline pipeline) {
		remove(pipeline, NettyPipeline.ReactiveBridge);
		pipeline.channel().attr(REACTOR_CONNECTION).remove();
		remove(pipeline, NAME);
	}

	private static boolean isIodineHandler(String name) {
		return IODINE_HANDLERS.stream().anyMatch(name::startsWith);
	}

	private static void remove(ChannelPipeline pipeline, @Nullable String name) {
		if (name != null && pipeline.get(name) != null) {
			pipeline.remove(name);
		}
	}

}
