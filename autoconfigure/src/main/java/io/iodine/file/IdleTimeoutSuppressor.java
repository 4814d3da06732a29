package io.iodine.file;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleStateHandler;
import reactor.netty.NettyPipeline;

/**
 * Keeps Reactor Netty's idle handler, which counts whole messages, from cutting a
 * connection whose peer is still taking in a response.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class IdleTimeoutSuppressor implements Runnable {

	private final Channel channel;

	private final IdleStateHandler idle;

	private final long period;

	private long pending;

	private long progress;

	private IdleTimeoutSuppressor(Channel channel, IdleStateHandler idle) {
		this.channel = channel;
		this.idle = idle;
		this.period = Math.max(1, idle.getAllIdleTimeInMillis() / 3);
	}

	/** Watches the channel until what was written to it is gone, or stands still. */
	static void watch(Channel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		if (buffer == null || buffer.isEmpty()) {
			return;
		}
		ChannelHandler handler = channel.pipeline().get(NettyPipeline.IdleTimeoutHandler);
		if (handler instanceof IdleStateHandler idle && idle.getAllIdleTimeInMillis() > 0) {
			new IdleTimeoutSuppressor(channel, idle).again();
		}
	}

	@Override
	public void run() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		if (buffer == null || buffer.isEmpty() || this.channel.pipeline().context(this.idle) == null) {
			return;
		}
		if (buffer.totalPendingWriteBytes() != this.pending || buffer.currentProgress() != this.progress) {
			this.pending = buffer.totalPendingWriteBytes();
			this.progress = buffer.currentProgress();
			this.idle.resetReadTimeout();
		}
		again();
	}

	private void again() {
		this.channel.eventLoop().schedule(this, this.period, TimeUnit.MILLISECONDS);
	}

}
