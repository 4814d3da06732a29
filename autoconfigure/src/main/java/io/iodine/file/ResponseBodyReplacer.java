package io.iodine.file;

import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Puts a file in the place of one response: stands before Reactor Netty's bridge, holds
 * the head and swallows the body that the server writes, and when that is complete and
 * the file ready, writes the file, whose end completes the server's response. Lives on
 * the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class ResponseBodyReplacer extends ChannelOutboundHandlerAdapter {

	static final String NAME = "iodine.file";

	private final StaticFiles files;

	private final Choice choice;

	private @Nullable HttpHeaders given;

	private @Nullable ChannelPromise end;

	private @Nullable PreparedResponse answer;

	private boolean over;

	ResponseBodyReplacer(StaticFiles files, Choice choice) {
		this.files = files;
		this.choice = choice;
	}

	/** Decides by the head of a response what to send in its place. */
	@FunctionalInterface
	interface Choice {

		/**
		 * What to send.
		 * @param status the status of the response
		 * @param headers its fields, which travel with the file; may be changed
		 * @return the answer to come, which never fails; null: the response goes out as
		 * it is
		 */
		@Nullable CompletableFuture<PreparedResponse> inPlaceOf(HttpResponseStatus status, HttpHeaders headers);

	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (this.given == null) {
			if (!(msg instanceof HttpResponse head) || head.status().codeClass() == HttpStatusClass.INFORMATIONAL
					|| !begin(ctx, head)) {
				pass(ctx, msg, promise);
				return;
			}
		}
		ReferenceCountUtil.release(msg);
		if (msg instanceof LastHttpContent) {
			this.end = promise;
			transmit(ctx);
		}
		else {
			promise.trySuccess();
		}
	}

	private void pass(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		ctx.write(msg, promise);
		if (msg instanceof HttpResponse head && head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
			ctx.pipeline().remove(this);
		}
	}

	private boolean begin(ChannelHandlerContext ctx, HttpResponse head) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
		headers.set(head.headers());
		CompletableFuture<PreparedResponse> preparation = this.choice.inPlaceOf(head.status(), headers);
		if (preparation == null) {
			return false;
		}
		this.given = headers;
		if (preparation.isDone()) {
			ready(ctx, preparation.join());
		}
		else {
			preparation.thenAccept((prepared) -> hop(ctx, prepared));
		}
		return true;
	}

	private void hop(ChannelHandlerContext ctx, PreparedResponse prepared) {
		try {
			ctx.executor().execute(() -> ready(ctx, prepared));
		}
		catch (RejectedExecutionException ex) {
			// the event loop is gone, and its channels with it
			prepared.release();
		}
	}

	private void ready(ChannelHandlerContext ctx, PreparedResponse prepared) {
		if (this.over) {
			prepared.release();
			return;
		}
		this.answer = prepared;
		transmit(ctx);
	}

	private void transmit(ChannelHandlerContext ctx) {
		ChannelPromise promise = this.end;
		PreparedResponse prepared = this.answer;
		if (promise == null || prepared == null || this.over) {
			return;
		}
		this.over = true;
		HttpHeaders headers = Objects.requireNonNull(this.given, "the head comes before the end");
		try {
			if (ctx.channel().isActive()) {
				FileResponseWriter.write(ctx, headers, prepared, this.files.settings().stallTimeout(), promise);
			}
			else {
				promise.tryFailure(new ClosedChannelException());
			}
		}
		finally {
			prepared.release();
		}
		if (!ctx.isRemoved()) {
			ctx.pipeline().remove(this);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		if (this.over) {
			return;
		}
		this.over = true;
		if (this.answer != null) {
			this.answer.release();
		}
		if (this.end != null) {
			this.end.tryFailure(new ClosedChannelException());
		}
	}

}
