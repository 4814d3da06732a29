package io.iodine.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.GlobalEventExecutor;
import reactor.netty.NettyPipeline;

/**
 * Ends kept-alive connections of HTTP/1.1 without losing a request: from the moment the
 * drain begins each answer says {@code Connection: close}, and the connection is closed
 * behind it. A connection that would be closed while it is idle might just be carrying
 * the next request.
 */
public final class KeepAliveDrain {

	private static final String NAME = "iodine.edge.drain";

	private static final String LATER = "iodine.edge.drain-later";

	private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private volatile boolean draining;

	/**
	 * Watches a connection, at once or when TLS has chosen HTTP/1.1.
	 * @param channel a new connection, whose pipeline is built as far as it is before the
	 * handshake
	 */
	public void install(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (!installInto(pipeline) && pipeline.get(NettyPipeline.ReactiveBridge) != null) {
			pipeline.addBefore(NettyPipeline.ReactiveBridge, LATER, new AfterHandshake());
		}
	}

	private boolean installInto(ChannelPipeline pipeline) {
		ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
		if (codec == null) {
			return false;
		}
		pipeline.addAfter(codec.name(), NAME, new ClosingHandler());
		return true;
	}

	/**
	 * Begins to close connections.
	 */
	public void begin() {
		this.draining = true;
	}

	/** Keeps connections alive again. */
	public void end() {
		this.draining = false;
	}

	/**
	 * Waits for the connections that are open now.
	 * @return completes when the last of them has been closed or upgraded
	 */
	public CompletionStage<Void> closed() {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		this.connections.newCloseFuture().addListener((done) -> closed.complete(null));
		return closed;
	}

	/** How many connections of HTTP/1.1 are open and not upgraded. */
	int open() {
		return this.connections.size();
	}

	/** Stands right behind the codec of one connection. */
	private final class ClosingHandler extends ChannelDuplexHandler {

		private boolean closing;

		@Override
		public void handlerAdded(ChannelHandlerContext ctx) {
			KeepAliveDrain.this.connections.add(ctx.channel());
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext ctx) {
			KeepAliveDrain.this.connections.remove(ctx.channel());
		}

		// who writes has the promise
		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
			if (message instanceof HttpResponse response) {
				begin(ctx, response);
			}
			if (this.closing && message instanceof LastHttpContent) {
				ctx.write(message, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
			}
			else {
				ctx.write(message, promise);
			}
		}

		private void begin(ChannelHandlerContext ctx, HttpResponse response) {
			if (response.status().code() == 101
					|| response.headers().contains(HttpHeaderNames.CONTENT_TYPE, "text/event-stream", true)) {
				// it has an end of its own
				KeepAliveDrain.this.connections.remove(ctx.channel());
			}
			else if (KeepAliveDrain.this.draining && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
				this.closing = true;
				response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
			}
		}

	}

	/** Waits until ALPN has chosen the protocol, and its pipeline is built. */
	private final class AfterHandshake extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof SslHandshakeCompletionEvent) {
				installInto(ctx.pipeline());
				ctx.pipeline().remove(this);
			}
			ctx.fireUserEventTriggered(event);
		}

	}

}
