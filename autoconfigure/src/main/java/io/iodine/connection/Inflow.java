package io.iodine.connection;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all connections together have received and no handler has seen: over its bound,
 * whoever brings more is read no further. Any thread.
 */
final class Inflow {

	private final long max;

	private final LongAdder bytes = new LongAdder();

	private final Set<Inbox> waiting = ConcurrentHashMap.newKeySet();

	/** At least as many as wait: a set's own count may be behind its content. */
	private final AtomicInteger announced = new AtomicInteger();

	Inflow(long max) {
		this.max = max;
	}

	void received(int size) {
		this.bytes.add(size);
	}

	void handled(int size) {
		this.bytes.add(-size);
		if (this.announced.get() > 0 && hasRoom()) {
			this.waiting.forEach(this::tell);
		}
	}

	boolean isFull() {
		return this.bytes.sum() >= this.max;
	}

	boolean hasRoom() {
		return this.bytes.sum() <= this.max / 2;
	}

	/**
	 * Tells a paused inbox when there is room.
	 * @param inbox whom to tell, once
	 */
	void await(Inbox inbox) {
		this.announced.incrementAndGet();
		if (!this.waiting.add(inbox)) {
			this.announced.decrementAndGet();
		}
		if (hasRoom()) {
			tell(inbox);
		}
	}

	private void tell(Inbox inbox) {
		if (this.waiting.remove(inbox)) {
			this.announced.decrementAndGet();
			inbox.handled();
		}
	}

}
