package io.iodine.connection;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.CloseReason;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.PendingWrites.Admission;
import io.iodine.connection.fanout.FrameWriter;
import io.iodine.connection.frame.CloseCode;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.SwitchableFraming;
import io.netty.buffer.ByteBuf;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Messages written to one connection that are not yet with the socket.
 * <p>
 * Any thread may {@link #offer} a message. The event loop encodes pending messages into
 * one buffer, writes and flushes it, and writes no further buffer until the socket has
 * taken all of it. A slow reader therefore holds messages, which are bounded here, and
 * never buffers.
 * <p>
 * It is long because its states exclude each other: whether a burst is open, unflushed or
 * blocked decides every method, and a broadcast reads them from one object.
 */
final class SendQueue implements FrameWriter, EventLoopTasks.Flush, Runnable {

	private static final Log logger = LogFactory.getLog(SendQueue.class);

	private static final int MAX_HINT = 64 * 1024 * 1024;

	/** Size at which a buffer is written although more messages are pending. */
	private static final int BURST_BYTES = 64 * 1024;

	private static final AtomicIntegerFieldUpdater<SendQueue> SIGNALLED = AtomicIntegerFieldUpdater
		.newUpdater(SendQueue.class, "signalled");

	private final NettyConnection connection;

	private final ConnectionLife life;

	private final Framing framing;

	private final ConnectionChannelHandler channelHandler;

	/** Null where bytes can't go straight to the socket. */
	private final @Nullable DirectWriter direct;

	private final EventLoopTasks tasks;

	private final PendingWrites pendingWrites;

	private final EventLoopTraffic traffic;

	private volatile int signalled;

	// the fields below belong to the event loop

	/** Buffer of the messages being encoded. */
	private @Nullable ByteBuf burst;

	private int burstMessages;

	private int burstBytes;

	/** Messages written to the channel that the socket has not taken. */
	private int writtenMessages;

	private long writtenBytes;

	/**
	 * Messages of shared buffers, counted as pending only when the socket does not take
	 * them at once.
	 */
	private int sharedMessages;

	private long sharedBytes;

	private boolean unflushed;

	private boolean blocked;

	/** Pending bytes that are counted as blocked. */
	private long blockedBytes;

	/** Whether pending messages may exist. */
	private boolean waits;

	/** Newest control frames, which wait while the socket is blocked. */
	private byte @Nullable [] pong;

	private boolean ping;

	private int retry;

	/** Whether a read is in progress, at whose end the queue is flushed. */
	private boolean reading;

	private boolean queuedForFlush;

	/** Whether the close frame, or the end of the stream, was written. */
	private boolean closeFrameWritten;

	/** Whether a message could not be written, after which nothing is. */
	private boolean failed;

	/** Time of the last write, by the clock of the idle wheel. */
	private int lastWritten;

	private long messagesOut;

	private long bytesOut;

	SendQueue(NettyConnection connection, Framing framing, ConnectionChannelHandler channelHandler,
			EventLoopTasks tasks, Overflow overflow) {
		this.connection = connection;
		this.life = connection.life();
		this.framing = framing;
		this.channelHandler = channelHandler;
		this.direct = channelHandler.direct();
		this.tasks = tasks;
		this.pendingWrites = new PendingWrites(connection, overflow);
		this.traffic = tasks.traffic(connection.protocol());
	}

	Framing framing() {
		return this.framing;
	}

	/** Messages that the socket has not taken. */
	PendingWrites pendingWrites() {
		return this.pendingWrites;
	}

	/**
	 * Time of the last write, by the clock of the idle wheel. Event loop.
	 */
	int lastWritten() {
		return this.lastWritten;
	}

	/** Sets the time of the last write to now. Event loop. */
	void wroteNow() {
		this.lastWritten = (int) this.tasks.wheel().now();
	}

	long messagesOut() {
		return this.messagesOut;
	}

	long bytesOut() {
		return this.bytesOut;
	}

	/**
	 * Adds a message. Any thread.
	 * @param message the message
	 * @param channel the channel it was published to; null when written directly
	 * @return false: the socket is closed, or the overflow policy dropped the message
	 */
	boolean offer(Message message, @Nullable String channel) {
		Admission admission = this.life.isSocketGone() ? Admission.REFUSED : this.pendingWrites.admit(message, channel);
		if (admission != Admission.ADMITTED) {
			return admission == Admission.REPLACED;
		}
		if (this.tasks.inEventLoop() && isNext()) {
			return append(message);
		}
		this.framing.prepare(message);
		Object item = this.pendingWrites.add(message, channel);
		signal();
		return this.connection.isOpen() || !this.pendingWrites.withdraw(item);
	}

	/**
	 * Closes after the pending messages. Any thread.
	 * @param code the close code
	 * @param text the reason
	 */
	void close(int code, String text) {
		this.pendingWrites.addCloseMarker(code, text);
		signal();
	}

	/** Holds messages back until a dialed connection is established. Called first. */
	void cork() {
		this.blocked = true;
		this.pendingWrites.blocked(true);
	}

	/** Sends what {@link #cork} held back. Event loop. */
	void uncork() {
		if (this.blocked) {
			this.blocked = false;
			this.pendingWrites.blocked(false);
			countBlocked();
			flush();
		}
	}

	/**
	 * Changes the framer of the messages that follow. Any thread.
	 * @param next the next framer
	 */
	void framer(Framer next) {
		this.pendingWrites.addFramer(next);
		signal();
	}

	/** Handles a signal of another thread. */
	@Override
	public void run() {
		flushLater();
	}

	void readStarts() {
		this.reading = true;
	}

	void readEnds() {
		this.reading = false;
		flush();
	}

	void ping() {
		this.ping = true;
		flushLater();
	}

	void pong(byte[] payload) {
		if (this.closeFrameWritten) {
			return;
		}
		if (this.blocked) {
			this.pong = payload;
			return;
		}
		this.framing.appendPong(burst(payload.length), payload);
		flushLater();
	}

	/**
	 * Sets the reconnection time of an event stream's client.
	 * @param millis the time in milliseconds
	 */
	void retry(int millis) {
		if (this.blocked) {
			this.retry = millis;
		}
		else if (!this.closeFrameWritten && !this.life.isSocketGone()) {
			this.framing.appendRetry(burst(0), millis);
			flushLater();
		}
	}

	/**
	 * Writes the shared frames of messages, or the messages one by one when other
	 * messages are pending.
	 * @param shared the frames; not released
	 * @param channels the channel of each message
	 * @param messages the messages
	 * @param bytes the size of their content in bytes
	 * @param flush whether to flush at once, instead of at the end of the run of tasks
	 */
	@Override
	public void write(ByteBuf shared, List<String> channels, List<Message> messages, int bytes, boolean flush) {
		if (this.burst != null || !isNext()) {
			deliver(channels, messages);
			return;
		}
		countBytes(shared);
		int taken = flush ? writeDirect(shared) : 0;
		if (taken == shared.readableBytes()) {
			wroteNow();
			countMessages(messages.size());
			return;
		}
		this.channelHandler.write(shared.retainedSlice(shared.readerIndex() + taken, shared.readableBytes() - taken));
		this.unflushed = true;
		this.sharedMessages += messages.size();
		this.sharedBytes += bytes;
		if (flush) {
			flush();
		}
		else {
			flushLater();
		}
	}

	/**
	 * Writes messages one by one.
	 * @param channels the channel of each message
	 * @param messages the messages
	 */
	void deliver(List<String> channels, List<Message> messages) {
		for (int i = 0; i < messages.size() && this.connection.isOpen(); i++) {
			offer(messages.get(i), channels.get(i));
		}
	}

	@Override
	public void flush() {
		try {
			flushNow();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/**
	 * Aborts the connection after a failed encoding or write, because the socket may have
	 * taken half of a message. Event loop.
	 * @param failure the failure
	 */
	void failed(Throwable failure) {
		this.failed = true;
		releaseBurst();
		SafeLog.error(logger, () -> "A message could not be written to " + this.connection + ", which is cut off",
				failure);
		this.life.close(CloseReason.Cause.LOCAL, CloseCode.INTERNAL_ERROR, "a message could not be written");
		this.channelHandler.abandon();
	}

	private void flushNow() {
		this.queuedForFlush = false;
		if (this.signalled != 0) {
			this.signalled = 0;
			this.waits = true;
		}
		if (this.blocked) {
			countBlocked();
		}
		while (!this.blocked && !this.failed && !this.life.isSocketGone()) {
			fill();
			if (this.burst != null) {
				writeBurst(this.burst);
			}
			else if (!this.unflushed) {
				return;
			}
			if (this.unflushed) {
				this.unflushed = false;
				this.channelHandler.flush();
			}
			settle();
		}
	}

	/** Discards everything, because the socket is closed. */
	void dispose() {
		releaseBurst();
		this.framing.dispose();
		this.pendingWrites.clear();
		// a thread that adds a message now is not counted any more
		this.blocked = false;
		countBlocked();
	}

	/**
	 * Whether a message written now is the next to be sent. The queue of pending messages
	 * is not read for this: a thread that adds to it sets the signal, and a thousand
	 * queues are far apart in memory.
	 */
	private boolean isNext() {
		return !this.blocked && !this.waits && this.signalled == 0;
	}

	private void signal() {
		if (this.signalled == 0 && SIGNALLED.compareAndSet(this, 0, 1)) {
			this.tasks.post(this);
		}
	}

	private void flushLater() {
		if (!this.reading && !this.queuedForFlush) {
			this.queuedForFlush = true;
			this.tasks.unflushed(this);
		}
	}

	private void releaseBurst() {
		ByteBuf unwritten = this.burst;
		this.burst = null;
		this.burstMessages = 0;
		this.burstBytes = 0;
		if (unwritten != null) {
			unwritten.release();
		}
	}

	/** Encodes a message; false when that failed and aborted the connection. */
	private boolean append(Message message) {
		try {
			this.framing.append(burst(message.size()), message);
		}
		catch (Throwable ex) {
			failed(ex);
			return false;
		}
		this.burstMessages++;
		this.burstBytes += message.size();
		if (this.burstBytes >= BURST_BYTES
				|| this.burstMessages >= this.connection.settings().sendQueueMaxMessages() / 2) {
			flush();
		}
		else {
			flushLater();
		}
		return true;
	}

	private ByteBuf burst(int content) {
		if (this.burst == null) {
			int room = this.framing.room(Math.min(content, MAX_HINT) + 16);
			ByteBuf begun = SpareBuffer.take(this.channelHandler.allocator(), room);
			this.burst = begun;
			this.framing.begin(begun);
		}
		return this.burst;
	}

	/** Encodes pending messages, up to one buffer. */
	private void fill() {
		if (this.closeFrameWritten) {
			return;
		}
		if (this.pong != null || this.ping || this.retry > 0) {
			fillControl();
		}
		while (this.waits && this.burstBytes < BURST_BYTES && !this.closeFrameWritten) {
			Object next = this.pendingWrites.poll();
			if (next instanceof Message message) {
				this.framing.append(burst(message.size()), message);
				this.burstMessages++;
				this.burstBytes += message.size();
			}
			else if (next instanceof Framer framer && this.framing instanceof SwitchableFraming switchable) {
				switchable.framer(framer);
			}
			else if (next instanceof PendingWrites.CloseMarker marker) {
				this.closeFrameWritten = true;
				ByteBuf last = burst(marker.text().length());
				this.framing.end(last);
				this.framing.appendClose(last, marker.code(), marker.text());
			}
			else {
				this.waits = false;
			}
		}
	}

	/** Encodes what goes ahead of the pending messages. */
	private void fillControl() {
		if (this.pong != null) {
			this.framing.appendPong(burst(this.pong.length), this.pong);
			this.pong = null;
		}
		if (this.ping) {
			this.ping = false;
			this.framing.appendPing(burst(0));
		}
		if (this.retry > 0) {
			this.framing.appendRetry(burst(0), this.retry);
			this.retry = 0;
		}
	}

	private void writeBurst(ByteBuf full) {
		if (!this.closeFrameWritten) {
			this.framing.end(full);
		}
		this.writtenMessages += this.burstMessages;
		this.writtenBytes += this.burstBytes;
		this.burstMessages = 0;
		this.burstBytes = 0;
		countBytes(full);
		full.skipBytes(writeDirect(full));
		this.burst = null;
		if (full.isReadable()) {
			this.channelHandler.write(full);
			this.unflushed = true;
		}
		else {
			SpareBuffer.give(full);
		}
	}

	/**
	 * Writes as far as the socket takes it at once, and nothing stands or waits before.
	 */
	private int writeDirect(ByteBuf bytes) {
		return (this.unflushed || this.direct == null) ? 0 : this.direct.write(bytes);
	}

	private void countBytes(ByteBuf written) {
		this.bytesOut += written.readableBytes();
		this.traffic.written(written.readableBytes());
	}

	private void countMessages(int messages) {
		this.messagesOut += messages;
		this.traffic.sent(messages);
	}

	/**
	 * Counts pending bytes while the socket is blocked, once for each flush. What an
	 * unblocked socket takes is sent before it could be counted.
	 */
	private void countBlocked() {
		long bytes = this.blocked ? this.pendingWrites.bytes() : 0;
		long more = bytes - this.blockedBytes;
		this.blockedBytes = bytes;
		this.tasks.addBlockedBytes(more);
		if (more > 0) {
			this.connection.blockedBytesGrew(more);
		}
	}

	private void settle() {
		wroteNow();
		int messages = this.sharedMessages;
		long bytes = this.sharedBytes;
		this.sharedMessages = 0;
		this.sharedBytes = 0;
		if (this.channelHandler.hasTakenAll()) {
			countMessages(messages);
			taken();
		}
		else {
			this.pendingWrites.addBlocked(messages, bytes);
			this.writtenMessages += messages;
			this.writtenBytes += bytes;
			this.blocked = true;
			this.pendingWrites.blocked(true);
			countBlocked();
			// at once, if the socket takes all at a second attempt
			this.channelHandler.whenTaken(this::unblocked);
		}
	}

	private void unblocked() {
		this.blocked = false;
		this.pendingWrites.blocked(false);
		countBlocked();
		if (!this.life.isSocketGone()) {
			taken();
			flush();
		}
	}

	private void taken() {
		int messages = this.writtenMessages;
		if (messages > 0) {
			long bytes = this.writtenBytes;
			countMessages(messages);
			this.writtenMessages = 0;
			this.writtenBytes = 0;
			if (this.pendingWrites.taken(messages, bytes)) {
				this.connection.life().drained();
			}
		}
		if (this.closeFrameWritten) {
			this.channelHandler.closeFrameTaken();
		}
	}

}
