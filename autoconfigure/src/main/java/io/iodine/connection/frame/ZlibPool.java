package io.iodine.connection.frame;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Deflaters or inflaters between two messages. Their memory is native and large, so few
 * wait here, and those over that number are ended at once. Any thread.
 *
 * @param <T> which of the two
 */
final class ZlibPool<T> {

	private final Supplier<T> maker;

	private final Consumer<T> reset;

	private final Consumer<T> end;

	private final int max;

	private final Queue<T> idle = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	/**
	 * Creates a pool.
	 * @param maker makes one
	 * @param reset makes one as good as new
	 * @param end frees its memory
	 * @param max how many may wait
	 */
	ZlibPool(Supplier<T> maker, Consumer<T> reset, Consumer<T> end, int max) {
		this.maker = maker;
		this.reset = reset;
		this.end = end;
		this.max = max;
	}

	T take() {
		T pooled = this.idle.poll();
		if (pooled == null) {
			return this.maker.get();
		}
		this.size.decrementAndGet();
		return pooled;
	}

	void give(T used) {
		if (this.size.incrementAndGet() > this.max) {
			this.size.decrementAndGet();
			this.end.accept(used);
			return;
		}
		this.reset.accept(used);
		this.idle.add(used);
	}

}
