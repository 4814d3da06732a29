package io.iodine.process;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way from any thread to a channel, in the order of each thread, at most
 * so many bytes of them. Threads write them behind each other into one buffer, which the
 * event loop sends in one go.
 */
// a failed write closes the channel, which is noticed
@SuppressWarnings("FutureReturnValueIgnored")
final class SendBuffer {

	private static final Log logger = LogFactory.getLog(SendBuffer.class);

	/** The size at which another buffer is begun. */
	private static final int CHUNK = 64 * 1024;

	private static final int FIRST = 2 * 1024;

	private final Channel channel;

	private final long maxPending;

	private final int maxBody;

	private final Object lock = new Object();

	/**
	 * Buffers before the last. Guarded by the lock, under which only bodies are written.
	 */
	private final Queue<ByteBuf> full = new ArrayDeque<>();

	/** The buffer that is written to. Guarded by the lock. */
	private @Nullable ByteBuf last;

	/** Bytes here and those that the channel has not sent. Guarded by the lock. */
	private long pending;

	/** Whether the event loop will empty the buffers. Guarded by the lock. */
	private boolean scheduled;

	SendBuffer(Channel channel, long maxPending, int maxBody) {
		this.channel = channel;
		this.maxPending = maxPending;
		this.maxBody = maxBody;
	}

	/**
	 * Sends a frame.
	 * @param type the type
	 * @param size about how large the body is
	 * @param body writes the body, under a lock
	 * @return false when it is too large, too much waits, or the channel is closed
	 */
	boolean offer(FrameType type, int size, Consumer<ByteBuf> body) {
		if (!this.channel.isActive() || size > this.maxBody) {
			return false;
		}
		boolean wake;
		synchronized (this.lock) {
			if (this.pending + size > this.maxPending || !append(type, size, body)) {
				return false;
			}
			wake = !this.scheduled;
			this.scheduled = true;
		}
		if (wake) {
			schedule();
		}
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
		boolean wake;
		synchronized (this.lock) {
			this.pending += frame.readableBytes();
			room(frame.readableBytes()).writeBytes(frame);
			wake = !this.scheduled;
			this.scheduled = true;
		}
		frame.release();
		if (wake) {
			schedule();
		}
		return true;
	}

	private boolean append(FrameType type, int size, Consumer<ByteBuf> body) {
		ByteBuf frames = room(Frame.HEADER + size);
		int start = frames.writerIndex();
		boolean fits = false;
		try {
			fits = Frame.append(frames, type, body) <= this.maxBody;
			return fits;
		}
		finally {
			frames.writerIndex(fits ? frames.writerIndex() : start);
			this.pending += frames.writerIndex() - start;
		}
	}

	private ByteBuf room(int size) {
		ByteBuf current = this.last;
		if (current != null && current.readableBytes() + size <= CHUNK) {
			return current;
		}
		// first, because it may be refused
		ByteBuf next = this.channel.alloc().buffer(Math.max(FIRST, size));
		if (current != null) {
			this.full.add(current);
		}
		this.last = next;
		return next;
	}

	private void schedule() {
		try {
			this.channel.eventLoop().execute(this::drain);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The control channel has ended", ex);
			for (ByteBuf next = poll(); next != null; next = poll()) {
				next.release();
			}
		}
	}

	/** Called on the event loop; again when the channel becomes writable. */
	void drain() {
		boolean wrote = false;
		for (ByteBuf next = poll(); next != null; next = poll()) {
			int size = next.readableBytes();
			this.channel.write(next).addListener((done) -> sent(size));
			wrote = true;
		}
		if (wrote) {
			this.channel.flush();
		}
	}

	private void sent(int size) {
		synchronized (this.lock) {
			this.pending -= size;
		}
	}

	/** The next buffer; stays scheduled when the channel is to become writable first. */
	private @Nullable ByteBuf poll() {
		if (this.channel.isActive() && !this.channel.isWritable()) {
			return null;
		}
		synchronized (this.lock) {
			ByteBuf next = this.full.poll();
			if (next == null) {
				next = this.last;
				this.last = null;
			}
			if (next == null) {
				this.scheduled = false;
			}
			return next;
		}
	}

}
