package io.iodine.pubsub.redis;

import java.util.concurrent.atomic.AtomicInteger;

/** Bounds how many messages are queued, held, or sent and not confirmed. */
final class Places {

	private final int limit;

	private final AtomicInteger taken = new AtomicInteger();

	Places(int limit) {
		this.limit = limit;
	}

	/** Takes a place; false when there is none. */
	boolean take() {
		int now = this.taken.get();
		while (now < this.limit) {
			if (this.taken.compareAndSet(now, now + 1)) {
				return true;
			}
			now = this.taken.get();
		}
		return false;
	}

	void free() {
		this.taken.decrementAndGet();
	}

	boolean areAllFree() {
		return this.taken.get() <= 0;
	}

}
