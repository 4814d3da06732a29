package io.iodine.process;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way from any thread to a channel, in the order of each thread, at most
 * so many bytes of them.
 */
// a failed write closes the channel, which is noticed
@SuppressWarnings("FutureReturnValueIgnored")
final class SendBuffer {

	private final Channel channel;

	private final long maxPending;

	private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();

	/** Bytes in the queue and those that the channel has not sent. */
	private final AtomicLong pending = new AtomicLong();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	SendBuffer(Channel channel, long maxPending) {
		this.channel = channel;
		this.maxPending = maxPending;
	}

	/**
	 * Sends a frame.
	 * @param frame the frame, taken over
	 * @return false when too much waits, or the channel is closed
	 */
	boolean offer(ByteBuf frame) {
		int size = frame.readableBytes();
		if (!this.channel.isActive() || this.pending.get() + size > this.maxPending) {
			frame.release();
			return false;
		}
		add(frame, size);
		return true;
	}

	/**
	 * Sends a control frame, however much waits before it: a lost answer to a heartbeat
	 * would end a worker that is merely busy.
	 * @param frame the frame, taken over
	 * @return false when the channel is closed
	 */
	boolean offerControl(ByteBuf frame) {
		if (!this.channel.isActive()) {
			frame.release();
			return false;
		}
		add(frame, frame.readableBytes());
		return true;
	}

	private void add(ByteBuf frame, int size) {
		this.pending.addAndGet(size);
		this.queue.add(frame);
		if (this.scheduled.compareAndSet(false, true)) {
			this.channel.eventLoop().execute(this::drain);
		}
	}

	/** Called on the event loop; again when the channel becomes writable. */
	void drain() {
		this.scheduled.set(false);
		boolean wrote = false;
		for (ByteBuf next = poll(); next != null; next = poll()) {
			int size = next.readableBytes();
			this.channel.write(next).addListener((done) -> this.pending.addAndGet(-size));
			wrote = true;
		}
		if (wrote) {
			this.channel.flush();
		}
	}

	private @Nullable ByteBuf poll() {
		return (this.channel.isWritable() || !this.channel.isActive()) ? this.queue.poll() : null;
	}

}
