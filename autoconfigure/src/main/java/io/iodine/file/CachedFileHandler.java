package io.iodine.file;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Answers HTTP/1.1 requests for files whose content is cached, and those that need none
 * because the client has it, right behind the codec. It serves only while the server
 * behind it owes no response, so that responses keep the order of their requests;
 * everything else goes on to the route. Lives on the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class CachedFileHandler extends ChannelDuplexHandler {

	static final String NAME = "iodine.file.lane";

	private final StaticFiles files;

	private int outstanding;

	private boolean swallowing;

	private boolean wrote;

	private boolean readWhenWritable;

	CachedFileHandler(StaticFiles files) {
		this.files = files;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.swallowing) {
			this.swallowing = !(msg instanceof LastHttpContent);
			ReferenceCountUtil.release(msg);
			return;
		}
		if (msg instanceof HttpRequest request) {
			if (this.outstanding == 0 && isPlain(request) && answer(ctx, request)) {
				this.swallowing = true;
				this.wrote = true;
				return;
			}
			this.outstanding++;
		}
		else if (!(msg instanceof HttpObject)) {
			// the channel speaks another protocol by now
			ctx.pipeline().remove(this);
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (this.wrote) {
			this.wrote = false;
			ctx.flush();
			IdleTimeoutSuppressor.watch(ctx.channel());
			if (this.outstanding == 0) {
				readOn(ctx);
			}
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (this.readWhenWritable && ctx.channel().isWritable()) {
			this.readWhenWritable = false;
			ctx.read();
		}
		ctx.fireChannelWritabilityChanged();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		boolean informational = msg instanceof HttpResponse response
				&& response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
		if (msg instanceof LastHttpContent && !informational) {
			this.outstanding--;
		}
		ctx.write(msg, promise);
	}

	/**
	 * No handler behind this one has seen the request, so this one reads the next.
	 */
	private void readOn(ChannelHandlerContext ctx) {
		if (ctx.channel().isWritable()) {
			ctx.read();
		}
		else {
			this.readWhenWritable = true;
		}
	}

	private boolean answer(ChannelHandlerContext ctx, HttpRequest request) {
		if (!(this.files.catalog().known(request.uri()) instanceof Lookup.Found found) || !ctx.channel().isWritable()) {
			return false;
		}
		Representation file = found.preferredBy(request.headers());
		if (file == null) {
			return false;
		}
		ByteBuf bytes = file.acquire();
		if (isUnconditional(request.headers())) {
			if (bytes == null) {
				return false;
			}
			ctx.write(FileResponseWriter.response(HttpResponseStatus.OK, file.readyFields(), bytes), ctx.voidPromise());
			return true;
		}
		try {
			return answerConditional(ctx, request, file, bytes);
		}
		finally {
			ReferenceCountUtil.release(bytes);
		}
	}

	/** What has no body, such as a 304 or 412, needs no content. */
	private static boolean answerConditional(ChannelHandlerContext ctx, HttpRequest request, Representation file,
			@Nullable ByteBuf bytes) {
		FileResponse answer = FileResponse.to(request.method(), request.headers(), file);
		if (bytes == null && !answer.pieces().isEmpty()) {
			return false;
		}
		answer.with(HttpHeaderNames.DATE, HttpDate.now().text());
		ByteBuf body = FileResponseWriter.body(new PreparedResponse(answer, bytes, null));
		ctx.write(FileResponseWriter.response(answer.status(), answer.headers(), body), ctx.voidPromise());
		return true;
	}

	/** Whether a request is what nearly all are; the others are the route's. */
	private static boolean isPlain(HttpRequest request) {
		HttpMethod method = request.method();
		HttpHeaders headers = request.headers();
		return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
				&& request.protocolVersion().equals(HttpVersion.HTTP_1_1) && request.decoderResult().isSuccess()
				&& headers.contains(HttpHeaderNames.HOST) && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)
				&& !headers.contains(HttpHeaderNames.TRANSFER_ENCODING) && !headers.contains(HttpHeaderNames.EXPECT)
				&& !headers.contains(HttpHeaderNames.UPGRADE) && isPersistent(headers);
	}

	private static boolean isPersistent(HttpHeaders headers) {
		String connection = headers.get(HttpHeaderNames.CONNECTION);
		return connection == null || (connection.equalsIgnoreCase("keep-alive")
				&& !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true));
	}

	private static boolean isUnconditional(HttpHeaders headers) {
		return !headers.contains(HttpHeaderNames.IF_NONE_MATCH) && !headers.contains(HttpHeaderNames.IF_MODIFIED_SINCE)
				&& !headers.contains(HttpHeaderNames.RANGE) && !headers.contains(HttpHeaderNames.IF_MATCH)
				&& !headers.contains(HttpHeaderNames.IF_UNMODIFIED_SINCE);
	}

}
