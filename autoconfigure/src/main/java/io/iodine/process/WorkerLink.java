package io.iodine.process;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

import io.iodine.concurrent.SafeLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The control channel to one worker, as the master has it. Frames that lie behind each
 * other in what another worker has sent are passed on as one slice of it, and few of them
 * are copied, so that they don't keep large buffers. Owned by the event loop of the
 * master.
 */
// a failed write closes the channel, which is noticed
@SuppressWarnings("FutureReturnValueIgnored")
final class WorkerLink {

	private static final Log logger = LogFactory.getLog(WorkerLink.class);

	/** The size at which another buffer of copied frames is begun. */
	private static final int CHUNK = 64 * 1024;

	private static final int FIRST = 2 * 1024;

	private final Channel channel;

	private final long maxPending;

	/** Frames that were copied, and stand before the run. */
	private @Nullable ByteBuf copied;

	/** The buffer of the frames that are passed on; null for none. */
	private @Nullable ByteBuf run;

	private int runStart;

	private int runEnd;

	/** Answers of which frames are left, in the order of the questions. */
	private final Queue<Iterator<ByteBuf>> answers = new ArrayDeque<>();

	private boolean flushing;

	private long sent;

	private long takenBefore;

	WorkerLink(Channel channel, long maxPending) {
		this.channel = channel;
		this.maxPending = maxPending;
	}

	/**
	 * Sends a frame at the end of this turn of the event loop.
	 * @param frame the frame, taken over
	 * @return false when more waits than may
	 */
	boolean send(ByteBuf frame) {
		boolean copy = frame.readableBytes() < CHUNK / 2;
		boolean taken = false;
		try {
			endRun();
			if (copy) {
				room(frame.readableBytes()).writeBytes(frame);
			}
			else {
				endCopied();
				taken = true;
				write(frame);
			}
		}
		finally {
			if (!taken) {
				frame.release();
			}
		}
		return flushLater();
	}

	/**
	 * Sends the frames of an answer while the channel takes them.
	 * @param bodies makes the bodies
	 */
	void answer(Iterator<ByteBuf> bodies) {
		this.answers.add(bodies);
		sendAnswers();
	}

	/** Goes on with the answers; called again when the channel becomes writable. */
	void sendAnswers() {
		while (this.channel.isWritable()) {
			Iterator<ByteBuf> bodies = this.answers.peek();
			if (bodies == null) {
				return;
			}
			if (!sendNext(bodies)) {
				this.answers.remove();
			}
		}
	}

	/** Sends the next frame of an answer; false when there is none. */
	private boolean sendNext(Iterator<ByteBuf> bodies) {
		try {
			if (bodies.hasNext()) {
				boolean unused = send(Frame.of(FrameType.RELAY, bodies.next()));
				return true;
			}
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "An answer to a worker can't be made", ex);
		}
		return false;
	}

	/**
	 * Passes a frame on at the end of this turn of the event loop.
	 * @param body what is readable is the body, whose header stands before it
	 * @return false when more waits than may
	 */
	@SuppressWarnings("ReferenceEquality") // buffers of the same content are not the same
											// memory
	boolean forward(ByteBuf body) {
		int start = body.readerIndex() - Frame.HEADER;
		if (this.run != body || this.runEnd != start) {
			endRun();
			this.run = body.retain();
			this.runStart = start;
		}
		this.runEnd = body.writerIndex();
		return flushLater();
	}

	private void endRun() {
		ByteBuf frames = this.run;
		if (frames == null) {
			return;
		}
		this.run = null;
		int size = this.runEnd - this.runStart;
		if (size < frames.capacity() / 2) {
			try {
				room(size).writeBytes(frames, this.runStart, size);
			}
			finally {
				frames.release();
			}
		}
		else {
			endCopied();
			write(frames.slice(this.runStart, size));
		}
	}

	private ByteBuf room(int size) {
		ByteBuf current = this.copied;
		if (current == null || current.readableBytes() + size > CHUNK) {
			endCopied();
			current = this.channel.alloc().buffer(Math.max(FIRST, size));
			this.copied = current;
		}
		return current;
	}

	private void endCopied() {
		if (this.copied != null) {
			ByteBuf frames = this.copied;
			this.copied = null;
			write(frames);
		}
	}

	private void write(ByteBuf frames) {
		this.sent++;
		this.channel.write(frames, this.channel.voidPromise());
	}

	private boolean flushLater() {
		if (!this.flushing) {
			this.flushing = true;
			this.channel.eventLoop().execute(this::flush);
		}
		return pending() <= this.maxPending;
	}

	/** How many bytes wait. */
	long pending() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return ((buffer != null) ? buffer.totalPendingWriteBytes() : 0)
				+ ((this.copied != null) ? this.copied.readableBytes() : 0)
				+ ((this.run != null) ? this.runEnd - this.runStart : 0);
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
		endRun();
		endCopied();
		this.channel.flush();
	}

	void close() {
		this.answers.clear();
		this.channel.close();
	}

}
