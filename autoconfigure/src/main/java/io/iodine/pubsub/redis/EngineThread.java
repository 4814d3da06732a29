package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The one thread on which an engine changes. Tasks run in the order in which they were
 * posted, many in a row, and what they send leaves together behind them.
 */
final class EngineThread {

	private static final int TASKS_A_FLUSH = 1_000;

	private final ScheduledExecutorService thread = scheduler();

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean turnScheduled = new AtomicBoolean();

	private final Runnable flush;

	private final Consumer<Throwable> failures;

	private volatile boolean closed;

	/**
	 * Starts no thread before the first task.
	 * @param flush sends what the tasks before it left
	 * @param failures receives the failures of tasks
	 */
	EngineThread(Runnable flush, Consumer<Throwable> failures) {
		this.flush = flush;
		this.failures = failures;
	}

	/** Runs a task in its turn; false when the thread takes no more. */
	boolean post(Runnable task) {
		if (this.closed) {
			return false;
		}
		this.mailbox.add(task);
		if (this.turnScheduled.compareAndSet(false, true)) {
			try {
				this.thread.execute(this::turn);
			}
			catch (RejectedExecutionException ex) {
				return false;
			}
		}
		return true;
	}

	/** Runs a task later, unless the thread has stopped. */
	void later(Duration delay, Runnable task) {
		Future<?> unused = this.thread.schedule(() -> run(task), delay.toMillis(), TimeUnit.MILLISECONDS);
	}

	boolean isClosed() {
		return this.closed;
	}

	/** Takes no more tasks; those posted before still run. */
	void close() {
		this.closed = true;
	}

	void stop() {
		this.thread.shutdownNow();
	}

	private void turn() {
		this.turnScheduled.set(false);
		int done = 0;
		for (Runnable task = this.mailbox.poll(); task != null; task = this.mailbox.poll()) {
			run(task);
			if (++done % TASKS_A_FLUSH == 0) {
				run(this.flush);
			}
		}
		run(this.flush);
	}

	/** Contains a failure, because other tasks wait behind this one. */
	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			this.failures.accept(ex);
		}
	}

	private static ScheduledExecutorService scheduler() {
		ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, daemon("iodine-redis"));
		thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		return thread;
	}

	static ThreadFactory daemon(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

}
