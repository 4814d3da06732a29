package io.iodine.connection.limit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the memory of messages received by all connections and not yet handled: above
 * the limit, reading pauses. Any thread.
 */
public final class ReceiveMemoryLimiter {

	private final long max;

	private final LongAdder bytes = new LongAdder();

	/** What reads on when there is room. */
	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

	/**
	 * Creates a limiter.
	 * @param max the maximum number of bytes
	 */
	public ReceiveMemoryLimiter(long max) {
		this.max = max;
	}

	/**
	 * Counts a message that was received.
	 * @param size bytes of it
	 */
	public void received(int size) {
		this.bytes.add(size);
	}

	/**
	 * Counts a message that was handled.
	 * @param size bytes of it
	 */
	public void handled(int size) {
		this.bytes.add(-size);
		if (this.waitingCount.get() > 0 && hasRoom()) {
			wake();
		}
	}

	/**
	 * Runs something once when there is room, now or in a thread that makes some.
	 * @param reader what reads on
	 */
	public void whenRoom(Runnable reader) {
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

	/**
	 * Whether the maximum is reached.
	 * @return true to read no further
	 */
	public boolean isFull() {
		return this.bytes.sum() >= this.max;
	}

	/**
	 * Whether half of the maximum is free.
	 * @return true to read on
	 */
	public boolean hasRoom() {
		return this.bytes.sum() <= this.max / 2;
	}

	/**
	 * The bytes that were received and not handled.
	 * @return their number
	 */
	public long bytes() {
		return this.bytes.sum();
	}

}
