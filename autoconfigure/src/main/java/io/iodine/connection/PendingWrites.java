package io.iodine.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.iodine.Message;
import io.iodine.Overflow;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one connection, within its bounds, and what gives way when
 * a bound is reached. Any thread, but where it says event loop.
 */
final class PendingWrites {

	private static final AtomicIntegerFieldUpdater<PendingWrites> MESSAGES = AtomicIntegerFieldUpdater
		.newUpdater(PendingWrites.class, "messages");

	private static final AtomicIntegerFieldUpdater<PendingWrites> BYTES = AtomicIntegerFieldUpdater
		.newUpdater(PendingWrites.class, "bytes");

	private static final AtomicIntegerFieldUpdater<PendingWrites> LOSING = AtomicIntegerFieldUpdater
		.newUpdater(PendingWrites.class, "losing");

	private final NettyConnection connection;

	private final Overflow overflow;

	/** {@link Message}s, {@link Addressed} ones, and as the last a {@link Goodbye}. */
	private final Queue<Object> waiting = new ConcurrentLinkedQueue<>();

	/** All that the socket has not taken, what waits here included. */
	private volatile int messages;

	private volatile int bytes;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int losing;

	PendingWrites(NettyConnection connection, Overflow overflow) {
		this.connection = connection;
		this.overflow = overflow;
	}

	/** How many messages the socket has not taken. */
	int messages() {
		return this.messages;
	}

	/** How many bytes they have. */
	int bytes() {
		return this.bytes;
	}

	/**
	 * Counts a message, making room for it if that is the policy.
	 * @param message the message
	 * @param channel where it was published, if it was
	 * @return false: over a bound, and refused
	 */
	boolean admit(Message message, @Nullable String channel) {
		return reserve(message.size()) || makeRoom(message, channel);
	}

	/**
	 * Adds a message that was admitted.
	 * @param message the message
	 * @param channel where it was published, if it was
	 * @return it, as it waits
	 */
	Object add(Message message, @Nullable String channel) {
		Object item = (channel != null && this.overflow == Overflow.CONFLATE) ? new Addressed(channel, message)
				: message;
		this.waiting.add(item);
		return item;
	}

	/**
	 * Takes a message back that may have come behind the goodbye.
	 * @param item what {@link #add} returned
	 * @return false: it has been taken to be sent
	 */
	boolean withdraw(Object item) {
		Message message = message(item);
		if (message == null || !this.waiting.remove(item)) {
			return false;
		}
		release(message.size());
		return true;
	}

	/**
	 * Adds the end of what is written.
	 * @param code the close code
	 * @param text the reason
	 */
	void addGoodbye(int code, String text) {
		this.waiting.add(new Goodbye(code, text));
	}

	/**
	 * Takes what has waited longest. Event loop.
	 * @return a {@link Message}, a {@link Goodbye}, or null when nothing waits
	 */
	@Nullable Object poll() {
		Object next = this.waiting.poll();
		return (next instanceof Addressed addressed) ? addressed.message() : next;
	}

	/**
	 * Counts what was written without having waited, and is stuck. Event loop.
	 * @param messages how many messages
	 * @param bytes bytes of them
	 */
	void stuck(int messages, int bytes) {
		MESSAGES.addAndGet(this, messages);
		BYTES.addAndGet(this, bytes);
	}

	/**
	 * Counts what the socket has taken. Event loop.
	 * @param messages how many messages
	 * @param bytes bytes of them
	 * @return whether that was all
	 */
	boolean taken(int messages, int bytes) {
		BYTES.addAndGet(this, -bytes);
		if (MESSAGES.addAndGet(this, -messages) > 0) {
			return false;
		}
		this.losing = 0;
		return true;
	}

	/**
	 * Drops the messages that wait.
	 * @return how many
	 */
	int discard() {
		int discarded = 0;
		for (Object next; (next = this.waiting.poll()) != null;) {
			Message message = message(next);
			if (message != null) {
				release(message.size());
				discarded++;
			}
		}
		return discarded;
	}

	/** The socket is gone: nothing waits any more. */
	void clear() {
		this.waiting.clear();
		this.messages = 0;
		this.bytes = 0;
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

	private boolean reserve(int size) {
		ConnectionSettings settings = this.connection.settings();
		int count = MESSAGES.incrementAndGet(this);
		int total = BYTES.addAndGet(this, size);
		boolean fits = count == 1
				|| (count <= settings.sendQueueMaxMessages() && total <= settings.sendQueueMaxBytes());
		if (!fits) {
			release(size);
		}
		return fits;
	}

	private void release(int size) {
		BYTES.addAndGet(this, -size);
		MESSAGES.decrementAndGet(this);
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
		release(same.message().size());
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
			release(message.size());
			lost();
		}
		else if (oldest != null) {
			this.waiting.add(oldest);
		}
		return message != null;
	}

	private void lost() {
		this.connection.lost(LOSING.compareAndSet(this, 0, 1));
	}

	private static @Nullable Message message(@Nullable Object item) {
		if (item instanceof Message message) {
			return message;
		}
		return (item instanceof Addressed addressed) ? addressed.message() : null;
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
	record Goodbye(int code, String text) {

	}

}
