package io.iodine.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * The control channel to one worker, as the master has it. Owned by the event loop of the
 * master.
 */
// a failed write closes the channel, which is noticed
@SuppressWarnings("FutureReturnValueIgnored")
final class WorkerLink {

	private final Channel channel;

	private final long maxPending;

	private boolean flushing;

	private long sent;

	private long takenBefore;

	WorkerLink(Channel channel, long maxPending) {
		this.channel = channel;
		this.maxPending = maxPending;
	}

	/**
	 * Sends a frame at the end of this turn of the event loop.
	 * @return false when more waits than may
	 */
	boolean send(ByteBuf frame) {
		this.sent++;
		this.channel.write(frame, this.channel.voidPromise());
		if (!this.flushing) {
			this.flushing = true;
			this.channel.eventLoop().execute(this::flush);
		}
		return pending() <= this.maxPending;
	}

	/** How many bytes wait. */
	long pending() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Whether the worker has read frames since the last call, of so many that some still
	 * wait here. When none wait, the operating system may hold those that were taken, and
	 * they tell nothing.
	 */
	boolean isBacklogRead() {
		flush();
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		int waiting = (buffer != null) ? buffer.size() : 0;
		long taken = this.sent - waiting;
		boolean read = waiting > 0 && taken > this.takenBefore;
		this.takenBefore = taken;
		return read;
	}

	private void flush() {
		this.flushing = false;
		this.channel.flush();
	}

	void close() {
		this.channel.close();
	}

}
