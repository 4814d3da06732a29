package io.iodine.edge;

import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * Stands right behind Netty's HTTP codec: sees to it that each request gets one whole
 * answer, that answers carry a date and suit the client's version, and answers itself
 * what is refused.
 */
// who writes has the promise; nothing else hangs on these futures
@SuppressWarnings("FutureReturnValueIgnored")
final class ResponseGuard extends ChannelDuplexHandler {

	static final String NAME = "iodine.edge.exchanges";

	private static final Log logger = LogFactory.getLog(ResponseGuard.class);

	private final EdgeObserver observer;

	private @Nullable RequestDecoderGuard requests;

	private @Nullable ChannelHandlerContext context;

	private boolean active;

	private boolean started;

	private boolean rejected;

	private boolean opened;

	private boolean aboutServer;

	private boolean http10;

	private boolean keepAlive10;

	private boolean continueExpected;

	private boolean closeAfter;

	ResponseGuard(EdgeObserver observer) {
		this.observer = observer;
	}

	void guardedBy(RequestDecoderGuard requests) {
		this.requests = requests;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	/** Whether a request is being answered, or its remains are being cleared away. */
	boolean isBusy() {
		return this.active || (this.context != null && ChannelOperations.get(this.context.channel()) != null);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.rejected) {
			ReferenceCountUtil.release(msg);
			return;
		}
		if (msg instanceof HttpRequest request) {
			if (request.decoderResult().isFailure()) {
				ReferenceCountUtil.release(msg);
				reject(RejectedRequest.UNDECODABLE, false);
				return;
			}
			if (!AbsoluteForm.resolve(request)) {
				ReferenceCountUtil.release(msg);
				reject(RejectedRequest.TARGET, false);
				return;
			}
			begin(request);
		}
		if (this.aboutServer) {
			answerAboutServer(ctx, msg);
			return;
		}
		ctx.fireChannelRead(msg);
	}

	// the handlers behind do not read on, because they have not seen a request
	private void answerAboutServer(ChannelHandlerContext ctx, Object msg) {
		boolean whole = msg instanceof LastHttpContent;
		ReferenceCountUtil.release(msg);
		if (whole) {
			this.aboutServer = false;
			write(ctx, OptionsAsterisk.answer(), ctx.newPromise());
			ctx.flush();
		}
		ctx.read();
	}

	private void begin(HttpRequest request) {
		this.active = true;
		this.started = false;
		this.aboutServer = OptionsAsterisk.areAskedBy(request);
		this.closeAfter = this.aboutServer && !HttpUtil.isKeepAlive(request);
		HttpHeaders headers = request.headers();
		this.http10 = !HttpVersion.HTTP_1_1.equals(request.protocolVersion());
		this.keepAlive10 = this.http10 && HttpUtil.isKeepAlive(request);
		if (this.http10) {
			// to be ignored in HTTP/1.0: RFC 9110 section 7.8
			headers.remove(HttpHeaderNames.UPGRADE);
		}
		if (this.keepAlive10 && !headers.contains(HttpHeaderNames.ACCEPT, "text/event-stream", true)) {
			// or else Reactor Netty would close
			request.setProtocolVersion(HttpVersion.HTTP_1_1);
		}
		this.continueExpected = !this.http10 && headers.contains(HttpHeaderNames.EXPECT)
				&& !(this.requests != null && this.requests.hasBody());
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (this.opened) {
			ctx.write(msg, promise);
			return;
		}
		if (this.rejected) {
			ReferenceCountUtil.release(msg);
			promise.tryFailure(new ClosedChannelException());
			return;
		}
		if (msg instanceof HttpResponse response && response.status().code() < 200) {
			writeInterim(ctx, response, promise);
			return;
		}
		if (msg instanceof HttpResponse response) {
			startAnswer(response);
		}
		if (msg instanceof LastHttpContent) {
			endAnswer(ctx, msg, promise);
		}
		else {
			ctx.write(msg, promise);
		}
	}

	private void writeInterim(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
		switch (response.status().code()) {
			case 100 -> writeContinue(ctx, response, promise);
			case 101 -> {
				startAnswer(response);
				open(ctx, response, promise);
			}
			default -> ctx.write(response, promise);
		}
	}

	// a client that sends the body at once, or speaks HTTP/1.0, does not expect it: RFC
	// 9110 section 10.1.1
	private void writeContinue(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (this.continueExpected) {
			this.continueExpected = false;
			ctx.write(msg, promise);
		}
		else {
			ReferenceCountUtil.release(msg);
			promise.trySuccess();
		}
	}

	private void startAnswer(HttpResponse response) {
		this.started = true;
		HttpHeaders headers = response.headers();
		if (!headers.contains(HttpHeaderNames.DATE)) {
			headers.set(HttpHeaderNames.DATE, DateHeader.now());
		}
		if (this.http10) {
			// the version is the server's: RFC 9110 section 6.2
			response.setProtocolVersion(HttpVersion.HTTP_1_1);
			suitHttp10(headers);
		}
		if (this.continueExpected) {
			// whether the body will come is unknown: RFC 9110 section 10.1.1
			this.closeAfter = true;
		}
		if (this.closeAfter) {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		}
	}

	private void suitHttp10(HttpHeaders headers) {
		boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
		headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
		if (chunked || !this.keepAlive10) {
			this.closeAfter = true;
		}
		else if (!headers.contains(HttpHeaderNames.CONNECTION)) {
			headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
		}
	}

	private void endAnswer(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		this.active = false;
		if (this.closeAfter) {
			// what the client sent ahead is not to be carried out without an answer
			this.rejected = true;
			ctx.write(msg, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
			return;
		}
		ctx.write(msg, promise);
		goOn();
	}

	private void open(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		this.opened = true;
		ctx.write(msg, promise);
		if (this.requests != null) {
			this.requests.open();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
		ctx.fireUserEventTriggered(evt);
		// Reactor Netty says so when it is done with a request
		goOn();
	}

	private void goOn() {
		if (this.requests != null) {
			this.requests.answered();
		}
	}

	/**
	 * Answers what may not be served, as the last thing on this connection.
	 * @param rejection why
	 * @param inBody whether the request's head was handed on already
	 */
	void reject(RejectedRequest rejection, boolean inBody) {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null || this.rejected || this.opened) {
			return;
		}
		boolean answerable = inBody ? (this.active && !this.started) : !this.active;
		this.rejected = true;
		this.active = false;
		logger.debug("refused a request: " + rejection.status() + ", " + rejection.reason());
		this.observer.onRejected(rejection.status().code(), rejection.reason());
		if (answerable) {
			boolean forHead = this.requests != null && this.requests.isForHead();
			ctx.writeAndFlush(answer(rejection, forHead)).addListener((future) -> linger(ctx));
		}
		else {
			ctx.close();
		}
	}

	private void linger(ChannelHandlerContext ctx) {
		if (this.requests != null && ctx.channel().isActive()) {
			this.requests.linger(ctx);
		}
	}

	/** Removes this handler, unless it was removed already. */
	void leave() {
		if (this.context != null && !this.context.isRemoved()) {
			this.context.pipeline().remove(this);
		}
	}

	void slowReader() {
		this.rejected = true;
		logger.debug("closed a connection whose client takes nothing of what waits for it");
		this.observer.onSlowReader();
	}

	// the codec has not seen a refused HEAD, so can't leave the body out
	private static FullHttpResponse answer(RejectedRequest rejection, boolean forHead) {
		String text = rejection.status() + ": " + rejection.reason() + "\n";
		ByteBuf body = forHead ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
		FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, rejection.status(), body);
		answer.headers()
			.set(HttpHeaderNames.DATE, DateHeader.now())
			.set(HttpHeaderNames.CONTENT_TYPE, "text/plain;charset=US-ASCII")
			.setInt(HttpHeaderNames.CONTENT_LENGTH, text.length())
			.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		return answer;
	}

}
