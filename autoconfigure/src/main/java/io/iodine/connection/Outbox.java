package io.iodine.connection;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

import io.iodine.Message;
import io.iodine.Overflow;

/**
 * What was written to one connection and is not yet with the socket.
 * <p>
 * Any thread may {@link #offer}; the event loop encodes what waits into one buffer,
 * writes and flushes it, and gives the socket nothing more until it has taken all of
 * that. So what waits for a slow reader is messages, bounded here, and never buffers.
 */
final class Outbox implements Runnable {

	/** So much is encoded into one buffer before it is written. */
	private static final int BURST_BYTES = 64 * 1024;

	private static final AtomicIntegerFieldUpdater<Outbox> PENDING = AtomicIntegerFieldUpdater.newUpdater(Outbox.class,
			"pending");

	private static final AtomicIntegerFieldUpdater<Outbox> PENDING_BYTES = AtomicIntegerFieldUpdater
		.newUpdater(Outbox.class, "pendingBytes");

	private static final AtomicIntegerFieldUpdater<Outbox> SIGNALLED = AtomicIntegerFieldUpdater
		.newUpdater(Outbox.class, "signalled");

	private final NettyConnection connection;

	private final Framing framing;

	private final Wire wire;

	private final EventLoopTurn turn;

	private final Overflow overflow;

	/** {@link Message}s, {@link Addressed} ones, and as the last a {@link Goodbye}. */
	private final Queue<Object> waiting = new ConcurrentLinkedQueue<>();

	private volatile int pending;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int pendingBytes;

	private volatile int signalled;

	/** From here on the event loop's own: the burst being encoded, ... */
	private @Nullable ByteBuf burst;

	private int burstMessages;

	private int burstBytes;

	/**
	 * ... what was written and not flushed, or flushed and not taken by the socket, ...
	 */
	private int writtenMessages;

	private int writtenBytes;

	/**
	 * ... what was joined with others' and is counted as pending only if it gets stuck,
	 * ...
	 */
	private int joinedMessages;

	private int joinedBytes;

	private boolean unflushed;

	private boolean blocked;

	/** ... control frames that wait while the socket is blocked, the newest only, ... */
	private byte @Nullable [] pong;

	private boolean ping;

	/** ... whether a read is going on, whose end flushes, ... */
	private boolean reading;

	private boolean queuedForFlush;

	/** ... and the end. */
	private boolean goodbyeWritten;

	private volatile boolean closed;

	private long messagesOut;

	private long bytesOut;

	Outbox(NettyConnection connection, Framing framing, Wire wire, EventLoopTurn turn, Overflow overflow) {
		this.overflow = overflow;
		this.connection = connection;
		this.framing = framing;
		this.wire = wire;
		this.turn = turn;
	}

	Framing framing() {
		return this.framing;
	}

	int pending() {
		return this.pending;
	}

	/** Whether the socket is gone, which any thread may ask. */
	boolean isClosed() {
		return this.closed;
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
	 * @return false: over a bound, and refused
	 */
	boolean offer(Message message, @Nullable String channel) {
		if (!reserve(message.size()) && !makeRoom(message, channel)) {
			return false;
		}
		if (this.turn.isHere() && !this.blocked && this.waiting.isEmpty()) {
			append(message);
		}
		else {
			this.waiting.add((channel != null && this.overflow == Overflow.CONFLATE) ? new Addressed(channel, message)
					: message);
			signal();
		}
		return true;
	}

	/** Follows the policy for a message of a listener, of which too many wait. */
	void overflow() {
		if (this.overflow == Overflow.CLOSE) {
			this.connection.overflowed();
		}
		else {
			lost();
		}
	}

	/**
	 * Says goodbye after what waits. Any thread.
	 * @param code the close code
	 * @param text the reason
	 */
	void close(int code, String text) {
		this.waiting.add(new Goodbye(code, text));
		signal();
	}

	/**
	 * Drops the messages that wait. Any thread.
	 * @return how many
	 */
	int discard() {
		int discarded = 0;
		for (Object next; (next = this.waiting.poll()) != null;) {
			Message message = message(next);
			if (message != null) {
				release(1, message.size());
				discarded++;
			}
		}
		return discarded;
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
		if (this.goodbyeWritten) {
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
	 * Writes the joined frames of messages, or the messages one by one when others wait
	 * before them.
	 * @param joined their frames, not released
	 * @param channels where each was published
	 * @param messages the messages
	 * @param bytes how many bytes of content they have
	 * @param flush whether to flush at once, instead of at the end of the turn
	 */
	void deliver(ByteBuf joined, List<String> channels, List<Message> messages, int bytes, boolean flush) {
		if (this.blocked || this.burst != null || !this.waiting.isEmpty()) {
			for (int i = 0; i < messages.size() && this.connection.isOpen(); i++) {
				offer(messages.get(i), channels.get(i));
			}
			return;
		}
		this.bytesOut += joined.readableBytes();
		this.wire.write(joined.retainedDuplicate());
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

	void flush() {
		this.queuedForFlush = false;
		if (this.signalled != 0) {
			this.signalled = 0;
		}
		while (!this.blocked && !this.closed) {
			fill();
			if (this.burst != null) {
				writeBurst();
			}
			else if (!this.unflushed) {
				return;
			}
			this.unflushed = false;
			this.wire.flush();
			settle();
		}
	}

	/** The socket is gone: nothing more can be sent. */
	void dispose() {
		this.closed = true;
		if (this.burst != null) {
			this.burst.release();
			this.burst = null;
		}
		this.waiting.clear();
		this.pending = 0;
		this.pendingBytes = 0;
	}

	private boolean reserve(int bytes) {
		ConnectionSettings settings = this.connection.settings();
		int messages = PENDING.incrementAndGet(this);
		int total = PENDING_BYTES.addAndGet(this, bytes);
		boolean fits = messages == 1
				|| (messages <= settings.outboxMaxMessages() && total <= settings.outboxMaxBytes());
		if (!fits) {
			release(1, bytes);
		}
		return fits;
	}

	/** Over a bound: makes room for a message, or refuses it. */
	private boolean makeRoom(Message message, @Nullable String channel) {
		switch (this.overflow) {
			case DROP_OLDEST, CONFLATE -> {
				while (dropSame(channel) || dropOldest()) {
					if (reserve(message.size())) {
						return true;
					}
				}
				lost();
			}
			case DROP_NEWEST -> lost();
			default -> this.connection.overflowed();
		}
		return false;
	}

	private boolean dropSame(@Nullable String channel) {
		Addressed same = (this.overflow == Overflow.CONFLATE) ? oldestOf(channel) : null;
		if (same == null || !this.waiting.remove(same)) {
			return false;
		}
		release(1, same.message().size());
		lost();
		return true;
	}

	private @Nullable Addressed oldestOf(@Nullable String channel) {
		for (Object item : this.waiting) {
			if (item instanceof Addressed addressed && addressed.channel().equals(channel)) {
				return addressed;
			}
		}
		return null;
	}

	private boolean dropOldest() {
		Object oldest = this.waiting.poll();
		Message message = message(oldest);
		if (message != null) {
			release(1, message.size());
			lost();
		}
		else if (oldest != null) {
			this.waiting.add(oldest);
		}
		return message != null;
	}

	private void lost() {
		this.connection.lost(1);
	}

	private static @Nullable Message message(@Nullable Object item) {
		if (item instanceof Message message) {
			return message;
		}
		return (item instanceof Addressed addressed) ? addressed.message() : null;
	}

	private void release(int messages, int bytes) {
		PENDING_BYTES.addAndGet(this, -bytes);
		PENDING.addAndGet(this, -messages);
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

	private void append(Message message) {
		this.framing.append(burst(message.size()), message);
		this.burstMessages++;
		this.burstBytes += message.size();
		if (this.burstBytes >= BURST_BYTES
				|| this.burstMessages >= this.connection.settings().outboxMaxMessages() / 2) {
			flush();
		}
		else {
			flushLater();
		}
	}

	private ByteBuf burst(int content) {
		if (this.burst == null) {
			this.burst = this.framing.begin(this.wire.allocator(), content + 16);
		}
		return this.burst;
	}

	/** Encodes what waits, up to a buffer full. */
	private void fill() {
		if (this.goodbyeWritten) {
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
		while (this.burstBytes < BURST_BYTES && !this.goodbyeWritten) {
			Object next = this.waiting.poll();
			Message message = message(next);
			if (message != null) {
				this.framing.append(burst(message.size()), message);
				this.burstMessages++;
				this.burstBytes += message.size();
			}
			else if (next instanceof Goodbye goodbye) {
				this.goodbyeWritten = true;
				ByteBuf last = burst(goodbye.text().length());
				this.framing.end(last);
				this.framing.appendGoodbye(last, goodbye.code(), goodbye.text());
			}
			else {
				return;
			}
		}
	}

	private void writeBurst() {
		ByteBuf full = this.burst;
		this.burst = null;
		if (full == null) {
			return;
		}
		if (!this.goodbyeWritten) {
			this.framing.end(full);
		}
		this.writtenMessages += this.burstMessages;
		this.writtenBytes += this.burstBytes;
		this.burstMessages = 0;
		this.burstBytes = 0;
		this.bytesOut += full.readableBytes();
		this.wire.write(full);
	}

	private void settle() {
		this.connection.keepalive().written();
		if (this.wire.hasTakenAll()) {
			this.messagesOut += this.joinedMessages;
			taken();
		}
		else {
			PENDING.addAndGet(this, this.joinedMessages);
			PENDING_BYTES.addAndGet(this, this.joinedBytes);
			this.writtenMessages += this.joinedMessages;
			this.writtenBytes += this.joinedBytes;
			this.blocked = true;
			this.wire.whenTaken(this::unblocked);
		}
		this.joinedMessages = 0;
		this.joinedBytes = 0;
	}

	private void unblocked() {
		this.blocked = false;
		if (!this.closed) {
			taken();
			flush();
		}
	}

	private void taken() {
		int messages = this.writtenMessages;
		if (messages > 0) {
			this.messagesOut += messages;
			PENDING_BYTES.addAndGet(this, -this.writtenBytes);
			this.writtenMessages = 0;
			this.writtenBytes = 0;
			if (PENDING.addAndGet(this, -messages) == 0) {
				this.connection.drained();
			}
		}
		if (this.goodbyeWritten) {
			this.wire.goodbyeTaken();
		}
	}

	/**
	 * A message of a channel, where that matters.
	 *
	 * @param channel where it was published
	 * @param message the message
	 */
	private record Addressed(String channel, Message message) {

	}

	/**
	 * The end of what is written.
	 *
	 * @param code the close code
	 * @param text the reason
	 */
	private record Goodbye(int code, String text) {

	}

}
