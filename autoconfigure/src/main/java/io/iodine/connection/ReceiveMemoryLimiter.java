package io.iodine.connection;

import java.util.concurrent.atomic.LongAdder;

/**
 * What all connections together have received and no handler has seen: over its bound,
 * whoever brings more is read no further. Any thread.
 */
final class ReceiveMemoryLimiter {

	private final long max;

	private final LongAdder bytes = new LongAdder();

	ReceiveMemoryLimiter(long max) {
		this.max = max;
	}

	void received(int size) {
		this.bytes.add(size);
	}

	void handled(int size) {
		this.bytes.add(-size);
	}

	boolean isFull() {
		return this.bytes.sum() >= this.max;
	}

	boolean hasRoom() {
		return this.bytes.sum() <= this.max / 2;
	}

}
