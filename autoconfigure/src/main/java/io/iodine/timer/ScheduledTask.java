package io.iodine.timer;

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import io.iodine.concurrent.SafeLog;
import io.iodine.task.Timer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** One timer. Guarded by itself, but while its task runs. */
final class ScheduledTask implements Timer, Runnable {

	/** The delay of a task that waits until nothing else is to be done. */
	static final long WHEN_IDLE = -1;

	private static final Log logger = LogFactory.getLog(ScheduledTask.class);

	private static final int FOREVER = 0;

	private final TaskTimers timers;

	private final Runnable task;

	private final long delayNanos;

	private final boolean forever;

	private int left;

	private boolean running;

	/** Whether the task is not to run again. */
	private boolean cancelled;

	private boolean ended;

	private @Nullable Future<?> future;

	private @Nullable Runnable onFinish;

	ScheduledTask(TaskTimers timers, Runnable task, long delayNanos, int times) {
		this.timers = timers;
		this.task = Objects.requireNonNull(task, "the task must not be null");
		this.delayNanos = delayNanos;
		this.forever = times == FOREVER;
		this.left = times;
	}

	long delayNanos() {
		return this.delayNanos;
	}

	/**
	 * The clock has the task. It may have run it meanwhile, or the timer been cancelled.
	 */
	synchronized void scheduled(Future<?> scheduled) {
		if (this.cancelled) {
			scheduled.cancel(false);
		}
		else if (!scheduled.isDone()) {
			this.future = scheduled;
		}
	}

	@Override
	public boolean cancel() {
		synchronized (this) {
			if (this.cancelled || this.ended) {
				return false;
			}
			this.cancelled = true;
			if (this.future != null) {
				this.future.cancel(false);
				this.future = null;
			}
			if (this.running) {
				return true;
			}
		}
		end();
		return true;
	}

	@Override
	public synchronized boolean isActive() {
		return !this.cancelled && !this.ended;
	}

	@Override
	public Timer onFinish(Runnable callback) {
		Objects.requireNonNull(callback, "the callback must not be null");
		synchronized (this) {
			if (!this.ended) {
				this.onFinish = callback;
				return this;
			}
		}
		finish(callback);
		return this;
	}

	/** The time has come. Callback thread. */
	@Override
	public void run() {
		synchronized (this) {
			if (this.cancelled) {
				return;
			}
			this.running = true;
			this.future = null;
		}
		if (!guarded(this.task, "A task of a timer failed")) {
			this.timers.failed();
		}
		boolean again;
		synchronized (this) {
			this.running = false;
			again = !this.cancelled && (this.forever || --this.left > 0);
		}
		if (again) {
			this.timers.schedule(this);
		}
		else {
			end();
		}
	}

	private void end() {
		Runnable callback;
		synchronized (this) {
			if (this.ended) {
				return;
			}
			this.ended = true;
			callback = this.onFinish;
			this.onFinish = null;
		}
		this.timers.ended(this);
		if (callback != null) {
			finish(callback);
		}
	}

	private void finish(Runnable callback) {
		try {
			this.timers.execute(() -> guarded(callback, "The callback at the end of a timer failed"));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The callback threads have ended before a timer", ex);
		}
	}

	private static boolean guarded(Runnable task, String failure) {
		try {
			task.run();
			return true;
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> failure, ex);
			return false;
		}
	}

}
