package io.iodine.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Warns when all callback threads have been busy for some seconds: the task that has
 * waited longest is still the same.
 */
final class BusyWarning {

	private static final Log logger = LogFactory.getLog(BusyWarning.class);

	private static final int SECONDS = 5;

	private static final int WARNING_EVERY_SECONDS = 60;

	private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

	private final int threads;

	private final Supplier<@Nullable Runnable> oldest;

	private final AtomicBoolean watching = new AtomicBoolean();

	/**
	 * What waited longest a second ago. Guarded by {@link #watching}, as are the next.
	 */
	private @Nullable Runnable last;

	private int seconds;

	BusyWarning(int threads, Supplier<@Nullable Runnable> oldest) {
		this.threads = threads;
		this.oldest = oldest;
	}

	/** Called when a task waits: looks once a second until none does. */
	void watch() {
		if (!this.watching.get() && this.watching.compareAndSet(false, true)) {
			this.last = null;
			this.seconds = 0;
			lookLater();
		}
	}

	private void lookLater() {
		try {
			LATER.execute(this::look);
		}
		catch (Throwable ex) {
			this.watching.set(false);
			SafeLog.error(logger, () -> "The load of the callback threads can't be read", ex);
		}
	}

	private void look() {
		Runnable now = this.oldest.get();
		if (now == null) {
			this.watching.set(false);
			if (this.oldest.get() != null) {
				watch();
			}
			return;
		}
		this.seconds = (now == this.last) ? this.seconds + 1 : 0;
		this.last = now;
		if (this.seconds % WARNING_EVERY_SECONDS == SECONDS) {
			logger.warn("All " + this.threads + " callback threads have been busy for " + this.seconds
					+ " s, and connections wait for one. Callbacks block for too long (a thread dump shows where: "
					+ "iodine-callback-*). Raise iodine.threads, or run on Java 21 or later with "
					+ "iodine.callbacks=virtual");
		}
		lookLater();
	}

}
