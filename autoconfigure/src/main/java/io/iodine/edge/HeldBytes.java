package io.iodine.edge;

import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Keeps what a client sent behind an upgrade until the pipeline of the new protocol
 * stands, hands it on ahead of anything newer, and goes.
 */
final class HeldBytes extends ChannelInboundHandlerAdapter {

	static final String NAME = "iodine.edge.held";

	private final ArrayDeque<ByteBuf> held;

	HeldBytes(ArrayDeque<ByteBuf> held) {
		this.held = held;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		ctx.executor().execute(() -> {
			if (!ctx.isRemoved()) {
				ctx.pipeline().remove(this);
			}
		});
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ctx.pipeline().remove(this);
		ctx.fireChannelRead(msg);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		boolean active = ctx.channel().isActive();
		for (ByteBuf next = this.held.poll(); next != null; next = this.held.poll()) {
			if (active) {
				ctx.fireChannelRead(next);
			}
			else {
				next.release();
			}
		}
		if (active) {
			ctx.fireChannelReadComplete();
		}
	}

}
