package io.iodine.connection;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.CloseReason;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.PendingWrites.Admission;
import io.iodine.connection.frame.CloseCode;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.SwitchableFraming;
import io.netty.buffer.ByteBuf;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What was written to one connection and is not yet with the socket.
 * <p>
 * Any thread may {@link #offer}; the event loop encodes what waits into one buffer,
 * writes and flushes it, and gives the socket nothing more until it has taken all of
 * that. So what waits for a slow reader is messages, bounded here, and never buffers.
 */
final class SendQueue implements Runnable {

	private static final Log logger = LogFactory.getLog(SendQueue.class);

	private static final int MAX_HINT = 64 * 1024 * 1024;

	/** So much is encoded into one buffer before it is written. */
	private static final int BURST_BYTES = 64 * 1024;

	private static final AtomicIntegerFieldUpdater<SendQueue> SIGNALLED = AtomicIntegerFieldUpdater
		.newUpdater(SendQueue.class, "signalled");

	private final NettyConnection connection;

	private final ConnectionLife life;

	private final Framing framing;

	private final ConnectionChannelHandler channelHandler;

	private final EventLoopTasks turn;

	private final PendingWrites pendingWrites;

	private final EventLoopTraffic traffic;

	private volatile int signalled;

	/** From here on the event loop's own: the burst being encoded, ... */
	private @Nullable ByteBuf burst;

	private int burstMessages;

	private long burstBytes;

	/**
	 * ... what was written and not flushed, or flushed and not taken by the socket, ...
	 */
	private int writtenMessages;

	private long writtenBytes;

	/**
	 * ... what was joined with others' and is counted as pending only if it gets stuck,
	 * ...
	 */
	private int joinedMessages;

	private long joinedBytes;

	private boolean unflushed;

	private boolean blocked;

	/** ... how much of what waits is counted as stuck, ... */
	private long stuckBytes;

	/** ... whether something may wait in the backlog, ... */
	private boolean waits;

	/** ... control frames that wait while the socket is blocked, the newest only, ... */
	private byte @Nullable [] pong;

	private boolean ping;

	private int retry;

	/** ... whether a read is going on, whose end flushes, ... */
	private boolean reading;

	private boolean queuedForFlush;

	/** ... and whether the end was written. */
	private boolean closeFrameWritten;

	/** When the socket was last given something, by the clock of the wheel. */
	private int lastWritten;

	private long messagesOut;

	private long bytesOut;

	SendQueue(NettyConnection connection, Framing framing, ConnectionChannelHandler channelHandler, EventLoopTasks turn,
			Overflow overflow) {
		this.connection = connection;
		this.life = connection.life();
		this.framing = framing;
		this.channelHandler = channelHandler;
		this.turn = turn;
		this.pendingWrites = new PendingWrites(connection, overflow);
		this.traffic = turn.traffic(connection.protocol());
	}

	Framing framing() {
		return this.framing;
	}

	/** What waits, and all that the socket has not taken. */
	PendingWrites pendingWrites() {
		return this.pendingWrites;
	}

	/**
	 * When the socket was last given something, by the clock of the wheel. Event loop.
	 */
	int lastWritten() {
		return this.lastWritten;
	}

	/** Takes now for the time of the last write. Event loop. */
	void wroteNow() {
		this.lastWritten = (int) this.turn.wheel().now();
	}

	long messagesOut() {
		return this.messagesOut;
	}

	long bytesOut() {
		return this.bytesOut;
	}

	/**
	 * Takes a message. Any thread.
	 * @param message the message
	 * @param channel where it was published, if it was
	 * @return false: the socket is gone, or a bound is reached and the message refused
	 */
	boolean offer(Message message, @Nullable String channel) {
		Admission admission = this.life.isSocketGone() ? Admission.REFUSED : this.pendingWrites.admit(message, channel);
		if (admission != Admission.ADMITTED) {
			return admission == Admission.REPLACED;
		}
		if (this.turn.isHere() && isNext()) {
			return append(message);
		}
		this.framing.prepare(message);
		Object item = this.pendingWrites.add(message, channel);
		signal();
		return this.connection.isOpen() || !this.pendingWrites.withdraw(item);
	}

	/**
	 * Closes after what waits. Any thread.
	 * @param code the close code
	 * @param text the reason
	 */
	void close(int code, String text) {
		this.pendingWrites.addCloseMarker(code, text);
		signal();
	}

	/** Keeps what is written until there is a peer. Before anything is written. */
	void cork() {
		this.blocked = true;
		this.pendingWrites.blocked(true);
	}

	/** There is a peer. Event loop. */
	void uncork() {
		if (this.blocked) {
			this.blocked = false;
			this.pendingWrites.blocked(false);
			countStuck();
			flush();
		}
	}

	/**
	 * Frames otherwise what is written from now on. Any thread.
	 * @param next how
	 */
	void framer(Framer next) {
		this.pendingWrites.addFramer(next);
		signal();
	}

	/** A signal of another thread has come. */
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
	 * Tells an event stream's client when to come back.
	 * @param millis after how many milliseconds
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
	 * Writes the joined frames of messages, or the messages one by one when others wait
	 * before them.
	 * @param joined their frames, not released
	 * @param channels where each was published
	 * @param messages the messages
	 * @param bytes how many bytes of content they have
	 * @param flush whether to flush at once, instead of at the end of the turn
	 */
	void deliver(ByteBuf joined, List<String> channels, List<Message> messages, int bytes, boolean flush) {
		if (this.burst != null || !isNext()) {
			deliver(channels, messages);
			return;
		}
		countBytes(joined);
		this.channelHandler.write(joined.retainedDuplicate());
		this.unflushed = true;
		this.joinedMessages += messages.size();
		this.joinedBytes += bytes;
		if (flush) {
			flush();
		}
		else {
			flushLater();
		}
	}

	/**
	 * Writes messages one by one.
	 * @param channels where each was published
	 * @param messages the messages
	 */
	void deliver(List<String> channels, List<Message> messages) {
		for (int i = 0; i < messages.size() && this.connection.isOpen(); i++) {
			offer(messages.get(i), channels.get(i));
		}
	}

	void flush() {
		try {
			flushNow();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/**
	 * Cuts the connection off: a message could not be encoded or written, and half of it
	 * may be with the socket. Event loop.
	 * @param failure what was thrown
	 */
	void failed(Throwable failure) {
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
			countStuck();
		}
		while (!this.blocked && !this.life.isSocketGone()) {
			fill();
			if (this.burst != null) {
				writeBurst();
			}
			else if (!this.unflushed) {
				return;
			}
			this.unflushed = false;
			this.channelHandler.flush();
			settle();
		}
	}

	/** The socket is gone: nothing more can be sent. */
	void dispose() {
		releaseBurst();
		this.framing.dispose();
		this.pendingWrites.clear();
		countStuck();
	}

	/**
	 * Whether what is written now is behind nothing that waits. A thread that adds to the
	 * backlog signals, so that it needn't be looked into: a thousand of them are far
	 * apart in memory.
	 */
	private boolean isNext() {
		return !this.blocked && !this.waits && this.signalled == 0;
	}

	private void signal() {
		if (this.signalled == 0 && SIGNALLED.compareAndSet(this, 0, 1)) {
			this.turn.post(this);
		}
	}

	private void flushLater() {
		if (!this.reading && !this.queuedForFlush) {
			this.queuedForFlush = true;
			this.turn.unflushed(this);
		}
	}

	private void releaseBurst() {
		ByteBuf unwritten = this.burst;
		this.burst = null;
		if (unwritten != null) {
			unwritten.release();
		}
	}

	/** Encodes a message, and answers whether the connection goes on. */
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
			this.burst = this.framing.begin(this.channelHandler.allocator(), Math.min(content, MAX_HINT) + 16);
		}
		return this.burst;
	}

	/** Encodes what waits, up to a buffer full. */
	private void fill() {
		if (this.closeFrameWritten) {
			return;
		}
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

	private void writeBurst() {
		ByteBuf full = this.burst;
		if (full == null) {
			return;
		}
		if (!this.closeFrameWritten) {
			this.framing.end(full);
		}
		this.burst = null;
		this.writtenMessages += this.burstMessages;
		this.writtenBytes += this.burstBytes;
		this.burstMessages = 0;
		this.burstBytes = 0;
		countBytes(full);
		this.channelHandler.write(full);
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
	 * Only what waits for a blocked socket counts, seen to once a turn: what others get
	 * is gone before it could be summed up.
	 */
	private void countStuck() {
		long bytes = this.blocked ? this.pendingWrites.bytes() : 0;
		long more = bytes - this.stuckBytes;
		this.stuckBytes = bytes;
		this.turn.stuck(more);
		if (more > 0) {
			this.connection.stuckMore();
		}
	}

	private void settle() {
		wroteNow();
		if (this.channelHandler.hasTakenAll()) {
			countMessages(this.joinedMessages);
			taken();
		}
		else {
			this.pendingWrites.stuck(this.joinedMessages, this.joinedBytes);
			this.writtenMessages += this.joinedMessages;
			this.writtenBytes += this.joinedBytes;
			this.blocked = true;
			this.pendingWrites.blocked(true);
			countStuck();
			this.channelHandler.whenTaken(this::unblocked);
		}
		this.joinedMessages = 0;
		this.joinedBytes = 0;
	}

	private void unblocked() {
		this.blocked = false;
		this.pendingWrites.blocked(false);
		countStuck();
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
