package io.iodine.upgrade;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/** Logs a warning that clients can cause, at most once in ten seconds. */
final class ThrottledWarning {

	private static final long PERIOD_NANOS = 10_000_000_000L;

	private final Log logger;

	private final LongSupplier clock;

	private final AtomicLong last;

	private final AtomicLong suppressed = new AtomicLong();

	ThrottledWarning(Log logger) {
		this(logger, System::nanoTime);
	}

	/** With a clock of nanoseconds, of any origin. */
	ThrottledWarning(Log logger, LongSupplier clock) {
		this.logger = logger;
		this.clock = clock;
		this.last = new AtomicLong(clock.getAsLong() - PERIOD_NANOS);
	}

	void warn(Supplier<String> message) {
		long now = this.clock.getAsLong();
		long before = this.last.get();
		if (now - before < PERIOD_NANOS || !this.last.compareAndSet(before, now)) {
			this.suppressed.incrementAndGet();
			return;
		}
		long others = this.suppressed.getAndSet(0);
		this.logger.warn(message.get() + ((others > 0) ? ", and " + others + " more since the last such line" : ""));
	}

}
