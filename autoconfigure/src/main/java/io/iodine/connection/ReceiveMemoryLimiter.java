package io.iodine.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds what all connections together have received and no handler has seen: above its
 * limit a connection that brings more is not read. Any thread.
 */
final class ReceiveMemoryLimiter {

	private final long max;

	private final LongAdder bytes = new LongAdder();

	/** What reads on when there is room. */
	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

	ReceiveMemoryLimiter(long max) {
		this.max = max;
	}

	void received(int size) {
		this.bytes.add(size);
	}

	void handled(int size) {
		this.bytes.add(-size);
		if (this.waitingCount.get() > 0 && hasRoom()) {
			wake();
		}
	}

	/**
	 * Runs something once when there is room, now or in a thread that makes some.
	 * @param reader what reads on
	 */
	void whenRoom(Runnable reader) {
		this.waiting.add(reader);
		this.waitingCount.incrementAndGet();
		if (hasRoom()) {
			wake();
		}
	}

	private void wake() {
		Runnable reader;
		while ((reader = this.waiting.poll()) != null) {
			this.waitingCount.decrementAndGet();
			reader.run();
		}
	}

	boolean isFull() {
		return this.bytes.sum() >= this.max;
	}

	boolean hasRoom() {
		return this.bytes.sum() <= this.max / 2;
	}

	long bytes() {
		return this.bytes.sum();
	}

}
