package io.iodine.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Traffic of the connections of one protocol on one event loop. Only the event loop
 * counts, so that counting is a plain addition. Any thread may read.
 */
final class EventLoopTraffic {

	private final AtomicLong messagesIn = new AtomicLong();

	private final AtomicLong bytesIn = new AtomicLong();

	private final AtomicLong messagesOut = new AtomicLong();

	private final AtomicLong bytesOut = new AtomicLong();

	void received(int bytes) {
		add(this.messagesIn, 1);
		add(this.bytesIn, bytes);
	}

	void sent(int messages) {
		add(this.messagesOut, messages);
	}

	void written(int bytes) {
		add(this.bytesOut, bytes);
	}

	TrafficTotals totals() {
		return new TrafficTotals(this.messagesIn.get(), this.bytesIn.get(), this.messagesOut.get(),
				this.bytesOut.get());
	}

	private static void add(AtomicLong counter, long amount) {
		counter.setOpaque(counter.getPlain() + amount);
	}

}
