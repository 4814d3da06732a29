package io.iodine.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/**
 * Logs a bounded number of lines in ten seconds, for events that peers can cause at will.
 * Any thread.
 */
public final class ThrottledLog {

	private static final int FAILURES = 20;

	private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

	private final Log logger;

	private final int burst;

	private final LongSupplier clock;

	/** Number of events since the last line. */
	private final AtomicLong suppressed = new AtomicLong();

	/** When lines are logged again. Written under the lock. */
	private volatile long quietUntil;

	/** End of the current period; guarded by this object. */
	private long periodEnd;

	/** Lines of the current period; guarded by this object. */
	private int lines;

	/**
	 * Creates a log of one line in ten seconds.
	 * @param logger the log
	 */
	public ThrottledLog(Log logger) {
		this(logger, 1, System::nanoTime);
	}

	/**
	 * Creates a log of 20 lines in ten seconds, for failures of application code, of
	 * which each may have another cause.
	 * @param logger the log
	 * @return the throttled log
	 */
	public static ThrottledLog ofFailures(Log logger) {
		return new ThrottledLog(logger, FAILURES, System::nanoTime);
	}

	/**
	 * Creates a throttled log with a clock.
	 * @param logger the log
	 * @param burst number of lines in ten seconds
	 * @param clock a clock of nanoseconds, of any origin
	 */
	public ThrottledLog(Log logger, int burst, LongSupplier clock) {
		this.logger = logger;
		this.burst = burst;
		this.clock = clock;
		this.periodEnd = clock.getAsLong();
		this.quietUntil = this.periodEnd;
	}

	/**
	 * Logs a warning, followed by the number of events suppressed since the last one.
	 * @param message the message, built only if it is logged
	 */
	public void warn(Supplier<String> message) {
		warn((events) -> counted(message, events));
	}

	/**
	 * Logs a warning that names the number of events since the last one.
	 * @param message builds the message from the number of events, this one included
	 */
	public void warn(LongFunction<String> message) {
		log((events) -> this.logger.warn(message.apply(events)));
	}

	/**
	 * Logs an error with its cause, followed by the number of events suppressed since the
	 * last one. Never throws.
	 * @param message the message, built only if it is logged
	 * @param failure the cause
	 */
	public void error(Supplier<String> message, Throwable failure) {
		log((events) -> SafeLog.error(this.logger, () -> counted(message, events), failure));
	}

	private static String counted(Supplier<String> message, long events) {
		return message.get() + ((events > 1) ? ", and " + (events - 1) + " more since the last such line" : "");
	}

	private void log(LongConsumer line) {
		long now = this.clock.getAsLong();
		long events = isQuiet(now) ? 0 : take(now);
		if (events > 0) {
			line.accept(events);
		}
		else {
			this.suppressed.incrementAndGet();
		}
	}

	private boolean isQuiet(long now) {
		return now - this.quietUntil < 0;
	}

	/** Number of events that a line stands for; 0 when it must not be logged. */
	private synchronized long take(long now) {
		if (isQuiet(now)) {
			return 0;
		}
		if (now - this.periodEnd >= 0) {
			this.periodEnd = now + PERIOD;
			this.lines = 0;
		}
		long events = 1 + this.suppressed.getAndSet(0);
		if (++this.lines >= this.burst) {
			this.quietUntil = this.periodEnd;
		}
		return events;
	}

}
