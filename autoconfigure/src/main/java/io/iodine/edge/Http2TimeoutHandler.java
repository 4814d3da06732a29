package io.iodine.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Stands in front of the codec of an HTTP/2 connection, counts what moves, and ends the
 * connection when its client takes too long.
 */
// who writes has the promise; nothing else hangs on these futures
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2TimeoutHandler extends ChannelDuplexHandler implements DeadlineChecked {

	static final String NAME = "iodine.edge.http2";

	private final Http2RequestGuard streams;

	private final FrameScanner scanner;

	private final Deadlines deadlines;

	private final DeadlineSweeper watch;

	private int place = -1;

	private long written;

	private long taken;

	private @Nullable ChannelHandlerContext context;

	Http2TimeoutHandler(EdgeLimits limits, EdgeObserver observer, DeadlineSweeper watch) {
		this.streams = new Http2RequestGuard(limits, observer);
		this.scanner = new FrameScanner(this.streams);
		this.deadlines = new Deadlines(limits);
		this.watch = watch;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
		this.place = this.watch.add(this);
		ChannelPipeline pipeline = ctx.pipeline();
		// in clear, the codec will come before the one, and the other in its place
		String next = (pipeline.get(NettyPipeline.H2MultiplexHandler) != null) ? NettyPipeline.H2MultiplexHandler
				: NettyPipeline.HttpTrafficHandler;
		pipeline.addBefore(next, Http2RequestGuard.NAME, this.streams);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.watch.remove(this.place);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof ByteBuf octets) {
			this.scanner.scan(octets);
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof ByteBuf octets) {
			this.written += octets.readableBytes();
		}
		ctx.write(msg, promise);
	}

	@Override
	public void place(int place) {
		this.place = place;
	}

	@Override
	public void look(long now) {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null || !ctx.channel().isActive()) {
			return;
		}
		Deadlines.Phase phase = phase(ctx.channel().unsafe().outboundBuffer());
		long progress = (phase == Deadlines.Phase.WRITING) ? this.taken : 0;
		Deadlines.Phase overstepped = this.deadlines.look(phase, this.scanner.heads(), progress, now);
		if (overstepped == Deadlines.Phase.WRITING) {
			this.streams.slowReader();
			AbortiveClose.reset(ctx);
		}
		else if (overstepped != null) {
			ctx.close();
		}
		else if (!this.streams.look(now)) {
			AbortiveClose.reset(ctx);
		}
	}

	private Deadlines.Phase phase(@Nullable ChannelOutboundBuffer waiting) {
		if (waiting != null && !waiting.isEmpty() && this.streams.hasRequests()) {
			// TLS makes more of it, so that what was added would count as given back
			this.taken = Math.max(this.taken,
					this.written - waiting.totalPendingWriteBytes() + waiting.currentProgress());
			return Deadlines.Phase.WRITING;
		}
		if (this.scanner.isInHead()) {
			return Deadlines.Phase.HEAD;
		}
		return this.streams.isIdle() ? Deadlines.Phase.IDLE : Deadlines.Phase.WORKING;
	}

}
