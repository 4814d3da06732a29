package io.iodine.task;

/** A task that is to run, once or repeatedly. Thread-safe. */
public interface Timer {

	/**
	 * Ends the timer. A run that has begun is completed.
	 * @return whether the timer had not ended before
	 */
	boolean cancel();

	/**
	 * Whether the task may still run.
	 * @return false once its last run has ended, it was cancelled, or the application has
	 * stopped
	 */
	boolean isActive();

	/**
	 * Calls back once, on a callback thread, when the timer has ended: after its last
	 * run, after {@link #cancel()}, or when the application stops. Calls back at once
	 * when it has ended already. A later call replaces the callback of an earlier one
	 * that was not called yet.
	 * @param callback the callback
	 * @return this timer
	 */
	Timer onFinish(Runnable callback);

}
