package io.iodine.concurrent;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The executor of callbacks. An application may replace it by one that rejects tasks,
 * runs them in the caller, or throws.
 */
public final class CallbackExecutor {

	private static final Log logger = LogFactory.getLog(CallbackExecutor.class);

	private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** The executors that wait in this thread for the one that runs in it. */
	private static final ThreadLocal<@Nullable Queue<SerialExecutor<?>>> WAITING = new ThreadLocal<>();

	private final Executor executor;

	private final AtomicLong warnAfter = new AtomicLong(System.nanoTime());

	/** Whether a task was run by another thread than its caller. */
	private volatile boolean hasThreads;

	/**
	 * Creates a callback executor.
	 * @param executor runs the callbacks
	 */
	public CallbackExecutor(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Makes an executor that throws nothing but {@link RejectedExecutionException}, for
	 * callers that take an {@link Error} for the end of the virtual machine.
	 * @param executor one that may throw anything
	 * @return the executor
	 */
	public static Executor rejecting(Executor executor) {
		return (task) -> {
			try {
				executor.execute(task);
			}
			catch (RejectedExecutionException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new RejectedExecutionException("The executor of callbacks failed", ex);
			}
		};
	}

	/**
	 * Submits a task. Never throws. A task that was rejected may run all the same, so it
	 * must tolerate that.
	 * @param task the task
	 * @param check asked by the task before it does anything
	 * @return what became of it
	 */
	public Submission submit(Runnable task, CallerRunsCheck check) {
		check.begin();
		try {
			this.executor.execute(task);
		}
		catch (Throwable ex) {
			check.end();
			rejected(ex);
			return Submission.REJECTED;
		}
		if (check.end()) {
			return this.hasThreads ? Submission.REJECTED : Submission.CALLER;
		}
		if (!this.hasThreads) {
			this.hasThreads = true;
		}
		return Submission.ACCEPTED;
	}

	/**
	 * Whether the executor is known to accept nothing any more.
	 * @return true after its shutdown
	 */
	public boolean isShutdown() {
		return this.executor instanceof ExecutorService service && service.isShutdown();
	}

	/**
	 * Runs what is scheduled in this thread: at once, or after what runs in it already,
	 * so that callbacks which cause callbacks don't fill the stack.
	 * @param scheduled the executor
	 */
	public static void runInCaller(SerialExecutor<?> scheduled) {
		Queue<SerialExecutor<?>> waiting = WAITING.get();
		if (waiting != null) {
			waiting.add(scheduled);
			return;
		}
		waiting = new ArrayDeque<>();
		WAITING.set(waiting);
		try {
			for (SerialExecutor<?> next = scheduled; next != null; next = waiting.poll()) {
				next.runScheduled();
			}
		}
		finally {
			WAITING.remove();
		}
	}

	private void rejected(Throwable failure) {
		long now = System.nanoTime();
		long after = this.warnAfter.get();
		if (now - after >= 0 && this.warnAfter.compareAndSet(after, now + WARNING_NANOS) && !isShutdown()) {
			SafeLog.error(logger, () -> "The executor of callbacks (bean iodineCallbackExecutor) rejects tasks, "
					+ "which are submitted again until it accepts them", failure);
		}
	}

	/** What became of a task. */
	public enum Submission {

		/** A thread of the executor runs it. */
		ACCEPTED,

		/** The executor has no threads and ran it in the caller, where it did nothing. */
		CALLER,

		/** The executor refused it, failed, or has no free thread. */
		REJECTED

	}

}
