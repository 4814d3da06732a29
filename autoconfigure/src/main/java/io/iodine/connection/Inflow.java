package io.iodine.connection;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all connections together have received and no handler has seen: over its bound,
 * whoever brings more is read no further. Any thread.
 */
final class Inflow {

	private final long max;

	private final LongAdder bytes = new LongAdder();

	private final Set<Inbox> waiting = ConcurrentHashMap.newKeySet();

	Inflow(long max) {
		this.max = max;
	}

	void received(int size) {
		this.bytes.add(size);
	}

	void handled(int size) {
		this.bytes.add(-size);
		if (!this.waiting.isEmpty() && hasRoom()) {
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
		this.waiting.add(inbox);
		if (hasRoom()) {
			tell(inbox);
		}
	}

	private void tell(Inbox inbox) {
		if (this.waiting.remove(inbox)) {
			inbox.handled();
		}
	}

}
