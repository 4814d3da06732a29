package io.iodine.task;

import java.time.Duration;

/**
 * Runs tasks later, repeatedly, or when nothing else is to be done. A bean.
 * <p>
 * Tasks run on callback threads, where they may block. Those of different timers run
 * beside each other; a timer that repeats never overlaps with itself. An exception is
 * logged and ends neither the timer nor anything else. Time is monotonic: changes of the
 * system's clock have no effect.
 * <p>
 * What is asked for before the application has started waits for the start. When the
 * application stops, after its connections were drained, all timers end. At most
 * {@code iodine.timers.max} may be pending. Thread-safe, and no method blocks.
 */
public interface Timers {

	/**
	 * Runs a task as soon as possible, on another thread than the caller's.
	 * @param task the task
	 * @return the timer
	 * @throws IllegalStateException when the application is stopping
	 * @throws java.util.concurrent.RejectedExecutionException when
	 * {@code iodine.timers.max} are pending
	 */
	Timer run(Runnable task);

	/**
	 * Runs a task once, after a delay.
	 * @param delay the delay, zero or more
	 * @param task the task
	 * @return the timer
	 * @throws IllegalArgumentException when the delay is negative
	 * @throws IllegalStateException when the application is stopping
	 * @throws java.util.concurrent.RejectedExecutionException when
	 * {@code iodine.timers.max} are pending
	 */
	Timer runAfter(Duration delay, Runnable task);

	/**
	 * Runs a task repeatedly. The first run comes after one period, each further run one
	 * period after the end of the one before it.
	 * @param period the period, above zero
	 * @param times how many times; 0 for ever
	 * @param task the task
	 * @return the timer
	 * @throws IllegalArgumentException when the period is not above zero, or the number
	 * is negative
	 * @throws IllegalStateException when the application is stopping
	 * @throws java.util.concurrent.RejectedExecutionException when
	 * {@code iodine.timers.max} are pending
	 */
	Timer runEvery(Duration period, int times, Runnable task);

	/**
	 * Runs a task once, as soon as no callback and no other task is running or waiting.
	 * @param task the task
	 * @return the timer
	 * @throws IllegalStateException when the application is stopping
	 * @throws java.util.concurrent.RejectedExecutionException when
	 * {@code iodine.timers.max} are pending
	 */
	Timer onIdle(Runnable task);

}
