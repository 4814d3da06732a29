package io.iodine.timer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import io.iodine.concurrent.CallbackExecutor;
import io.iodine.task.Timer;
import io.iodine.task.Timers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Timers on one clock thread, which is there only while something is pending and hands
 * each task to the callback threads when its time has come.
 */
public final class TaskTimers implements Timers {

	private static final Log logger = LogFactory.getLog(TaskTimers.class);

	private static final int IDLE_CHECK_MILLIS = 10;

	private static final int CLOCK_KEEP_ALIVE_SECONDS = 10;

	private enum State {

		NEW, STARTED, STOPPED

	}

	private final Executor callbacks;

	private final BooleanSupplier busy;

	private final int max;

	/** All that have not ended, in no order. */
	private final Set<ScheduledTask> active = ConcurrentHashMap.newKeySet();

	private final AtomicInteger count = new AtomicInteger();

	private final LongAdder failures = new LongAdder();

	private final Queue<ScheduledTask> idleTasks = new ConcurrentLinkedQueue<>();

	/** Guards the state, the clock and what waits for the start. */
	private final Object lock = new Object();

	private State state = State.NEW;

	private @Nullable ScheduledThreadPoolExecutor clock;

	private List<ScheduledTask> beforeStart = new ArrayList<>();

	/**
	 * Creates timers that wait for {@link #start()}.
	 * @param callbacks runs the tasks
	 * @param busy whether callbacks are running or waiting
	 * @param max how many timers may be pending
	 */
	public TaskTimers(Executor callbacks, BooleanSupplier busy, int max) {
		this.callbacks = CallbackExecutor.rejecting(callbacks);
		this.busy = busy;
		this.max = max;
	}

	@Override
	public Timer run(Runnable task) {
		return add(new ScheduledTask(this, task, 0, 1));
	}

	@Override
	public Timer runAfter(Duration delay, Runnable task) {
		if (delay.isNegative()) {
			throw new IllegalArgumentException("a delay must be zero or more, not " + delay);
		}
		return add(new ScheduledTask(this, task, nanos(delay), 1));
	}

	@Override
	public Timer runEvery(Duration period, int times, Runnable task) {
		if (period.isNegative() || period.isZero()) {
			throw new IllegalArgumentException("a period must be above zero, not " + period);
		}
		if (times < 0) {
			throw new IllegalArgumentException("a number of runs must be zero or more, not " + times);
		}
		return add(new ScheduledTask(this, task, nanos(period), times));
	}

	@Override
	public Timer onIdle(Runnable task) {
		return add(new ScheduledTask(this, task, ScheduledTask.WHEN_IDLE, 1));
	}

	/** Runs what has waited for the start, and takes more. */
	public void start() {
		List<ScheduledTask> waiting;
		synchronized (this.lock) {
			if (this.state == State.STARTED) {
				return;
			}
			this.clock = clock();
			this.state = State.STARTED;
			waiting = this.beforeStart;
			this.beforeStart = new ArrayList<>();
		}
		waiting.forEach(this::schedule);
	}

	/** Ends all timers, and takes no more until the next start. */
	public void stop() {
		ScheduledThreadPoolExecutor stopped;
		synchronized (this.lock) {
			this.state = State.STOPPED;
			stopped = this.clock;
			this.clock = null;
			this.beforeStart.clear();
		}
		this.idleTasks.clear();
		this.active.forEach(ScheduledTask::cancel);
		if (stopped != null) {
			stopped.shutdownNow();
		}
	}

	/**
	 * How many timers have not ended.
	 * @return the number
	 */
	public int pending() {
		return this.count.get();
	}

	/**
	 * How many tasks have thrown an exception.
	 * @return the number
	 */
	public long failures() {
		return this.failures.sum();
	}

	void failed() {
		this.failures.increment();
	}

	/** The time of a task has come, or it is to be scheduled for a time to come. */
	void schedule(ScheduledTask task) {
		ScheduledThreadPoolExecutor running;
		synchronized (this.lock) {
			running = this.clock;
		}
		if (running == null) {
			task.cancel();
			return;
		}
		if (task.delayNanos() == 0) {
			fire(task);
			return;
		}
		try {
			if (task.delayNanos() == ScheduledTask.WHEN_IDLE) {
				this.idleTasks.add(task);
				checkIdleLater(running);
			}
			else {
				Future<?> future = running.schedule(() -> fire(task), task.delayNanos(), TimeUnit.NANOSECONDS);
				task.scheduled(future);
			}
		}
		catch (RejectedExecutionException ex) {
			// stopped meanwhile
			task.cancel();
		}
	}

	/** Hands something to the callback threads. */
	void execute(Runnable task) {
		this.callbacks.execute(task);
	}

	private void fire(ScheduledTask task) {
		try {
			execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.warn("A task was refused by the callback threads, and its timer ends", ex);
			task.cancel();
		}
	}

	void ended(ScheduledTask task) {
		if (this.active.remove(task)) {
			this.count.decrementAndGet();
		}
	}

	private Timer add(ScheduledTask task) {
		if (this.count.incrementAndGet() > this.max) {
			this.count.decrementAndGet();
			throw new RejectedExecutionException(
					this.max + " timers are pending (iodine.timers.max), and no more are taken");
		}
		this.active.add(task);
		synchronized (this.lock) {
			if (this.state == State.STOPPED) {
				ended(task);
				throw new IllegalStateException("The application is stopping and runs no more tasks");
			}
			if (this.state == State.NEW) {
				this.beforeStart.add(task);
				return task;
			}
		}
		schedule(task);
		return task;
	}

	private void checkIdleLater(ScheduledThreadPoolExecutor running) {
		Future<?> unused = running.schedule(() -> checkIdle(running), IDLE_CHECK_MILLIS, TimeUnit.MILLISECONDS);
	}

	/** Polls, because counting callbacks exactly would add work to each of them. */
	private void checkIdle(ScheduledThreadPoolExecutor running) {
		if (this.idleTasks.isEmpty()) {
			return;
		}
		if (this.busy.getAsBoolean()) {
			checkIdleLater(running);
			return;
		}
		for (Iterator<ScheduledTask> tasks = this.idleTasks.iterator(); tasks.hasNext();) {
			ScheduledTask task = tasks.next();
			tasks.remove();
			fire(task);
		}
	}

	private static ScheduledThreadPoolExecutor clock() {
		ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "iodine-timer");
			thread.setDaemon(true);
			return thread;
		});
		clock.setRemoveOnCancelPolicy(true);
		clock.setKeepAliveTime(CLOCK_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		clock.allowCoreThreadTimeOut(true);
		return clock;
	}

	private static long nanos(Duration time) {
		Objects.requireNonNull(time, "the time must not be null");
		return (time.toSeconds() >= TimeUnit.NANOSECONDS.toSeconds(Long.MAX_VALUE)) ? Long.MAX_VALUE : time.toNanos();
	}

}
