package io.iodine.connection;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.iodine.CloseReason.Cause;
import org.jspecify.annotations.Nullable;

/** Closes a connection at a given time. Belongs to the event loop. */
final class ScheduledClose {

	/** Longest delay of one timer; later times need several. */
	private static final Duration MAX_DELAY = Duration.ofHours(24);

	private final ConnectionLife life;

	private final ScheduledExecutorService eventLoop;

	private @Nullable Future<?> scheduled;

	ScheduledClose(ConnectionLife life, ScheduledExecutorService eventLoop) {
		this.life = life;
		this.eventLoop = eventLoop;
	}

	/**
	 * Sets the time, replacing an earlier one.
	 * @param when the time
	 * @param code the close code
	 * @param text the reason
	 */
	void set(Instant when, int code, String text) {
		cancel();
		if (this.life.isSocketGone() || !this.life.isOpen()) {
			return;
		}
		Duration left = Duration.between(Instant.now(), when);
		if (left.isNegative() || left.isZero()) {
			this.life.close(Cause.LOCAL, code, text);
			return;
		}
		long millis = (left.compareTo(MAX_DELAY) > 0) ? MAX_DELAY.toMillis() : left.toMillis() + 1;
		this.scheduled = this.eventLoop.schedule(() -> set(when, code, text), millis, TimeUnit.MILLISECONDS);
	}

	void cancel() {
		Future<?> current = this.scheduled;
		this.scheduled = null;
		if (current != null) {
			current.cancel(false);
		}
	}

}
