package io.iodine.connection;

import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Overflow;
import org.jspecify.annotations.Nullable;

/**
 * Bounded queue of the messages that wait to be written to one connection. The
 * {@link Overflow} policy decides what is dropped at a bound. The bounds apply while the
 * socket takes nothing more; while it takes everything, {@value #UNBLOCKED_FACTOR} times
 * as much may wait for the event loop. Methods may be called by any thread unless they
 * say event loop.
 */
final class PendingWrites {

	private static final int UNBLOCKED_FACTOR = 16;

	private static final AtomicIntegerFieldUpdater<PendingWrites> MESSAGES = AtomicIntegerFieldUpdater
		.newUpdater(PendingWrites.class, "messages");

	private static final AtomicLongFieldUpdater<PendingWrites> BYTES = AtomicLongFieldUpdater
		.newUpdater(PendingWrites.class, "bytes");

	private static final AtomicIntegerFieldUpdater<PendingWrites> DROPPING = AtomicIntegerFieldUpdater
		.newUpdater(PendingWrites.class, "dropping");

	private static final AtomicReferenceFieldUpdater<PendingWrites, @Nullable Queue<Object>> WAITING = waitingUpdater();

	private final NettyConnection connection;

	private final Overflow overflow;

	/**
	 * {@link Message}s, {@link Replaceable}s, and as the last a {@link CloseMarker};
	 * created on first use, because most messages are written at once.
	 */
	private volatile @Nullable Queue<Object> waiting;

	/** The newest waiting message of each channel; null without conflation. */
	private final @Nullable Map<String, Replaceable> newest;

	/** Messages that the socket has not taken, including the waiting ones. */
	private volatile int messages;

	private volatile long bytes;

	/** Whether the close marker is, or is about to be, taken; set by the event loop. */
	private volatile boolean ended;

	/** Whether the send buffer of the socket is full; set by the event loop. */
	private volatile boolean blocked;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int dropping;

	PendingWrites(NettyConnection connection, Overflow overflow) {
		this.connection = connection;
		this.overflow = overflow;
		this.newest = (overflow == Overflow.CONFLATE) ? new ConcurrentHashMap<>(2) : null;
	}

	/** Messages that the socket has not taken. */
	int messages() {
		return this.messages;
	}

	/** Bytes of these messages. */
	long bytes() {
		return this.bytes;
	}

	/** Sets whether the send buffer of the socket is full. Event loop. */
	void blocked(boolean blocked) {
		this.blocked = blocked;
	}

	/**
	 * Counts a message, and makes room for it if that is the policy.
	 * @param message the message
	 * @param channel the channel that it was published to; null for none
	 * @return whether to {@link #add} it
	 */
	Admission admit(Message message, @Nullable String channel) {
		return reserve(message.size()) ? Admission.ADMITTED : makeRoom(message, channel);
	}

	/**
	 * Adds a message that was admitted.
	 * @param message the message
	 * @param channel the channel that it was published to; null for none
	 * @return the message as it waits
	 */
	Object add(Message message, @Nullable String channel) {
		if (channel == null || this.newest == null) {
			waiting().add(message);
			return message;
		}
		Replaceable item = new Replaceable(channel, message);
		this.newest.put(channel, item);
		waiting().add(item);
		return item;
	}

	/**
	 * Withdraws a message that waits behind the close marker and is never sent.
	 * @param item what {@link #add} returned
	 * @return false: it has been sent, or will be
	 */
	boolean withdraw(Object item) {
		do {
			boolean behind = this.ended;
			boolean waits = false;
			for (Iterator<Object> items = waiting().iterator(); items.hasNext() && !waits;) {
				Object next = items.next();
				behind |= next instanceof CloseMarker;
				waits = next == item;
			}
			if (!waits) {
				return false;
			}
			if (behind) {
				return forget(item);
			}
			// the marker may have been taken while the items were looked at
		}
		while (this.ended);
		return false;
	}

	/** Leaves the item in the queue, which is no longer read behind the marker. */
	private boolean forget(Object item) {
		Message message = message(item);
		if (message == null) {
			return false;
		}
		release(message.size());
		return true;
	}

	/**
	 * Adds the close marker, behind which nothing is sent.
	 * @param code the close code
	 * @param text the reason
	 */
	void addCloseMarker(int code, String text) {
		waiting().add(new CloseMarker(code, text));
	}

	/**
	 * Adds a change of the framer.
	 * @param next the framer of what is written afterwards
	 */
	void addFramer(Framer next) {
		waiting().add(next);
	}

	/**
	 * Takes the head of the queue. Event loop.
	 * @return a {@link Message}, a {@link Framer}, a {@link CloseMarker}, or null when
	 * nothing waits
	 */
	@Nullable Object poll() {
		Queue<Object> items = this.waiting;
		if (items == null) {
			return null;
		}
		if (items.peek() instanceof CloseMarker) {
			this.ended = true;
		}
		Object next = items.poll();
		return (next instanceof Replaceable item) ? take(item) : next;
	}

	/**
	 * Counts messages that were written at once and that the socket did not take. Event
	 * loop.
	 * @param messages number of messages
	 * @param bytes bytes of them
	 */
	void addBlocked(int messages, long bytes) {
		MESSAGES.addAndGet(this, messages);
		BYTES.addAndGet(this, bytes);
	}

	/**
	 * Removes from the count what the socket has taken. Event loop.
	 * @param messages number of messages
	 * @param bytes bytes of them
	 * @return whether nothing is left
	 */
	boolean taken(int messages, long bytes) {
		BYTES.addAndGet(this, -bytes);
		if (MESSAGES.addAndGet(this, -messages) > 0) {
			return false;
		}
		this.dropping = 0;
		return true;
	}

	/**
	 * Drops the waiting messages.
	 * @return their number
	 */
	int discard() {
		int discarded = 0;
		for (Object next; (next = poll()) != null;) {
			if (next instanceof Message message) {
				release(message.size());
				discarded++;
			}
		}
		return discarded;
	}

	/** Drops everything, because the socket is closed. */
	void clear() {
		Queue<Object> items = this.waiting;
		if (items != null) {
			items.clear();
		}
		if (this.newest != null) {
			this.newest.clear();
		}
		this.messages = 0;
		this.bytes = 0;
	}

	/** Applies the policy to a message for a listener, of which too many wait. */
	void overflow() {
		if (this.overflow == Overflow.CLOSE) {
			this.connection.life().overflowed();
		}
		else {
			dropped();
		}
	}

	private boolean reserve(int size) {
		int count = MESSAGES.incrementAndGet(this);
		long total = BYTES.addAndGet(this, size);
		boolean fits = count == 1
				|| (isWithin(count, this.connection.settings().sendQueueMaxMessages()) && fits(total));
		if (!fits) {
			release(size);
		}
		return fits;
	}

	private boolean fits(long total) {
		return isWithin(total, this.connection.settings().sendQueueMaxBytes());
	}

	private boolean isWithin(long amount, int max) {
		return amount <= max || (!this.blocked && amount <= (long) UNBLOCKED_FACTOR * max);
	}

	private void release(int size) {
		BYTES.addAndGet(this, -size);
		MESSAGES.decrementAndGet(this);
	}

	/** Makes room for a message beyond a bound, or refuses it. */
	private Admission makeRoom(Message message, @Nullable String channel) {
		switch (this.overflow) {
			case DROP_OLDEST, CONFLATE -> {
				do {
					if (replaceSame(message, channel)) {
						return Admission.REPLACED;
					}
					if (!dropOldest()) {
						dropped();
						return Admission.REFUSED;
					}
				}
				while (!reserve(message.size()));
				return Admission.ADMITTED;
			}
			case DROP_NEWEST -> dropped();
			default -> overflowed();
		}
		return Admission.REFUSED;
	}

	private void overflowed() {
		if (this.blocked) {
			this.connection.life().overflowed();
		}
		else {
			this.connection.life()
				.overflowed("is written to faster than its event loop sends",
						"iodine.send-queue.overflow, " + UNBLOCKED_FACTOR + " times .max-messages, .max-size");
		}
	}

	private boolean replaceSame(Message message, @Nullable String channel) {
		Replaceable same = (this.newest != null && channel != null) ? this.newest.get(channel) : null;
		Message former = (same != null) ? same.get() : null;
		if (same == null || former == null) {
			return false;
		}
		int growth = message.size() - former.size();
		if (!fits(this.bytes + growth) || !same.compareAndSet(former, message)) {
			return false;
		}
		BYTES.addAndGet(this, growth);
		dropped();
		return true;
	}

	private boolean dropOldest() {
		Queue<Object> all = waiting();
		for (Iterator<Object> items = all.iterator(); items.hasNext();) {
			Object item = items.next();
			// a change of the framer and the end keep their places
			if ((item instanceof Message || item instanceof Replaceable) && all.remove(item)) {
				Message oldest = (item instanceof Replaceable replaceable) ? take(replaceable) : (Message) item;
				if (oldest != null) {
					release(oldest.size());
					dropped();
					return true;
				}
			}
		}
		return false;
	}

	private void dropped() {
		this.connection.life().dropped(DROPPING.compareAndSet(this, 0, 1));
	}

	private @Nullable Message take(Replaceable item) {
		if (this.newest != null) {
			this.newest.remove(item.channel, item);
		}
		return item.getAndSet(null);
	}

	private Queue<Object> waiting() {
		Queue<Object> current = this.waiting;
		if (current == null) {
			WAITING.compareAndSet(this, null, new ConcurrentLinkedQueue<>());
			current = Objects.requireNonNull(this.waiting);
		}
		return current;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // the class of a generic type
	private static AtomicReferenceFieldUpdater<PendingWrites, @Nullable Queue<Object>> waitingUpdater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(PendingWrites.class, Queue.class,
				"waiting");
	}

	private static @Nullable Message message(Object item) {
		return (item instanceof Replaceable replaceable) ? replaceable.get() : (Message) item;
	}

	/** Decision about a message. */
	enum Admission {

		/** It is dropped. */
		REFUSED,

		/** It is counted, and to be added. */
		ADMITTED,

		/** It has taken the place of an older one of its channel. */
		REPLACED

	}

	/** A message that a newer one of its channel may replace while it waits. */
	private static final class Replaceable extends AtomicReference<@Nullable Message> {

		private static final long serialVersionUID = 1L;

		private final String channel;

		Replaceable(String channel, Message message) {
			super(message);
			this.channel = channel;
		}

	}

	/**
	 * The end of the queue.
	 *
	 * @param code the close code
	 * @param text the reason
	 */
	record CloseMarker(int code, String text) {

	}

}
