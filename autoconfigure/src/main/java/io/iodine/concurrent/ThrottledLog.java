package io.iodine.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/**
 * Logs a warning at most once in ten seconds, for events that peers can cause at will.
 * Any thread.
 */
public final class ThrottledLog {

	private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

	private final Log logger;

	private final LongSupplier clock;

	private final AtomicLong quietUntil;

	private final AtomicLong count = new AtomicLong();

	/**
	 * Creates a throttled log.
	 * @param logger the log
	 */
	public ThrottledLog(Log logger) {
		this(logger, System::nanoTime);
	}

	/**
	 * Creates a throttled log with a clock.
	 * @param logger the log
	 * @param clock a clock of nanoseconds, of any origin
	 */
	public ThrottledLog(Log logger, LongSupplier clock) {
		this.logger = logger;
		this.clock = clock;
		this.quietUntil = new AtomicLong(clock.getAsLong());
	}

	/**
	 * Logs a warning, followed by the number of warnings suppressed since the last one.
	 * @param message the message, built only if it is logged
	 */
	public void warn(Supplier<String> message) {
		warn((count) -> message.get() + ((count > 1) ? ", and " + (count - 1) + " more since the last such line" : ""));
	}

	/**
	 * Logs a warning that names the number of events since the last one.
	 * @param message builds the message from the number of events, this one included
	 */
	public void warn(LongFunction<String> message) {
		this.count.incrementAndGet();
		long now = this.clock.getAsLong();
		long until = this.quietUntil.get();
		if (now - until >= 0 && this.quietUntil.compareAndSet(until, now + PERIOD)) {
			this.logger.warn(message.apply(this.count.getAndSet(0)));
		}
	}

}
