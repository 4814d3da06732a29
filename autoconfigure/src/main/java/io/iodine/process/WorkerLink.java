package io.iodine.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

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

	WorkerLink(Channel channel, long maxPending) {
		this.channel = channel;
		this.maxPending = maxPending;
	}

	/**
	 * Sends a frame at the end of this turn of the event loop.
	 * @return false when more waits than may
	 */
	boolean send(ByteBuf frame) {
		this.channel.write(frame, this.channel.voidPromise());
		if (!this.flushing) {
			this.flushing = true;
			this.channel.eventLoop().execute(this::flush);
		}
		return pending() <= this.maxPending;
	}

	/** How many bytes wait. */
	long pending() {
		return this.channel.unsafe().outboundBuffer() == null ? 0
				: this.channel.unsafe().outboundBuffer().totalPendingWriteBytes();
	}

	private void flush() {
		this.flushing = false;
		this.channel.flush();
	}

	void close() {
		this.channel.close();
	}

}
