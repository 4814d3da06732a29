package io.iodine.edge;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;

/**
 * Logs a warning at most once a minute, for events that a client can cause at will. Any
 * thread.
 */
final class ThrottledLog {

	private static final long QUIET = Duration.ofMinutes(1).toNanos();

	private final Log logger;

	private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - QUIET);

	ThrottledLog(Log logger) {
		this.logger = logger;
	}

	void warn(Supplier<String> message) {
		long now = System.nanoTime();
		long last = this.lastLogged.get();
		if (now - last >= QUIET && this.lastLogged.compareAndSet(last, now)) {
			this.logger.warn(message.get() + "; the next such message follows in a minute at the earliest");
		}
	}

}
