package io.iodine.pubsub.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how much is queued, held, or sent and not confirmed, in number and in bytes.
 */
final class InFlightRequests {

	private final int limit;

	private final long maxBytes;

	private final AtomicInteger taken = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	InFlightRequests(int limit, long maxBytes) {
		this.limit = limit;
		this.maxBytes = maxBytes;
	}

	/** Takes a place for so many bytes; false when there is none. */
	boolean take(int size) {
		boolean place = this.taken.incrementAndGet() <= this.limit;
		boolean room = this.bytes.addAndGet(size) <= this.maxBytes;
		if (!(place && room)) {
			free(size);
		}
		return place && room;
	}

	void free(int size) {
		this.bytes.addAndGet(-size);
		this.taken.decrementAndGet();
	}

	boolean areAllFree() {
		return this.taken.get() <= 0;
	}

}
