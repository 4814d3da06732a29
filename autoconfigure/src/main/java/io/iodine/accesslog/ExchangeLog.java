package io.iodine.accesslog;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Watches the requests and answers of one connection, or of one HTTP/2 stream, right
 * behind the codec, where files and refusals pass as well. When the connection is taken
 * over, this handler goes, and {@link ConnectionLog} tells the rest.
 */
// who writes has the promise; nothing else hangs on these futures
@SuppressWarnings("FutureReturnValueIgnored")
final class ExchangeLog extends ChannelDuplexHandler {

	// begins like the handlers of the HTTP edge, which go together when a connection is
	// taken over
	static final String NAME = "iodine.edge.accesslog";

	private final AccessLog log;

	private final boolean forwarded;

	private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>(2);

	ExchangeLog(AccessLog log, boolean forwarded, @Nullable Exchange begun) {
		this.log = log;
		this.forwarded = forwarded;
		if (begun != null) {
			this.exchanges.add(begun);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpRequest request && request.decoderResult().isSuccess()) {
			this.exchanges.add(new Exchange(
					ClientAddress.of(ctx.channel().remoteAddress(), request.headers()::get, this.forwarded),
					request.method().name(), request.uri(), request.protocolVersion().text(), request.headers()));
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof HttpResponse response) {
			begin(ctx, response.status());
		}
		Exchange current = this.exchanges.peek();
		if (current == null || isInterim(msg)) {
			ctx.write(msg, promise);
			return;
		}
		current.sent(size(msg));
		if (msg instanceof LastHttpContent) {
			this.exchanges.remove();
			String user = takeUser(ctx);
			String id = RequestId.take(ctx.channel());
			ctx.write(msg, promise.unvoid()).addListener((done) -> this.log.add(current.end(user, id)));
		}
		else {
			ctx.write(msg, promise);
		}
	}

	private void begin(ChannelHandlerContext ctx, HttpResponseStatus status) {
		if (this.exchanges.isEmpty()) {
			// refused before it was a request
			this.exchanges.add(new Exchange(ClientAddress.of(ctx.channel().remoteAddress()), "-", "-", "-",
					EmptyHttpHeaders.INSTANCE));
		}
		this.exchanges.element().status(status.code());
	}

	// of a switch of protocols ConnectionLog tells; without a take-over, the next
	// answer ends this exchange
	private static boolean isInterim(Object msg) {
		return msg instanceof HttpResponse response && response.status().code() < 200;
	}

	/** The user of the request that is answered now: the server answers one at a time. */
	private static @Nullable String takeUser(ChannelHandlerContext ctx) {
		return ctx.channel().attr(RequestUserFilter.USER).getAndSet(null);
	}

	private static long size(Object msg) {
		if (msg instanceof HttpContent content) {
			return content.content().readableBytes();
		}
		if (msg instanceof ByteBuf octets) {
			return octets.readableBytes();
		}
		return (msg instanceof FileRegion region) ? region.count() : 0;
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		for (Exchange left = this.exchanges.poll(); left != null; left = this.exchanges.poll()) {
			this.log.add(left.end(takeUser(ctx), RequestId.take(ctx.channel())));
		}
		ctx.fireChannelInactive();
	}

}
