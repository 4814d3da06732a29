package io.iodine.socket;

import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** What named clients have sent and the application has not taken. Thread-safe. */
final class UnreadInput {

	private static final Log logger = LogFactory.getLog(UnreadInput.class);

	private final long max;

	private final AtomicLong bytes = new AtomicLong();

	private volatile boolean full;

	UnreadInput(long max) {
		this.max = max;
	}

	void add(long size) {
		this.bytes.addAndGet(size);
	}

	void taken(long size) {
		this.bytes.addAndGet(-size);
	}

	/**
	 * Whether so much waits that nothing more is read: from the limit on, until half of
	 * it was taken.
	 */
	boolean isFull() {
		long waiting = this.bytes.get();
		if (!this.full && waiting > this.max) {
			this.full = true;
			logger.warn("Named clients have sent " + waiting + " bytes that were not taken, over "
					+ "iodine.named-clients.max-input, and are read no further");
		}
		else if (this.full && waiting <= this.max / 2) {
			this.full = false;
			logger.info("Named clients are read again");
		}
		return this.full;
	}

}
