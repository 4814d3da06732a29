package io.iodine.upgrade;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/** Logs a warning that clients can cause, at most once in ten seconds. */
final class ThrottledWarning {

	private static final long PERIOD_NANOS = 10_000_000_000L;

	private final Log logger;

	private final AtomicLong last = new AtomicLong(System.nanoTime() - PERIOD_NANOS);

	private final AtomicLong suppressed = new AtomicLong();

	ThrottledWarning(Log logger) {
		this.logger = logger;
	}

	void warn(Supplier<String> message) {
		long now = System.nanoTime();
		long before = this.last.get();
		if (now - before < PERIOD_NANOS || !this.last.compareAndSet(before, now)) {
			this.suppressed.incrementAndGet();
			return;
		}
		long others = this.suppressed.getAndSet(0);
		this.logger.warn(message.get() + ((others > 0) ? ", and " + others + " more since the last such line" : ""));
	}

}
