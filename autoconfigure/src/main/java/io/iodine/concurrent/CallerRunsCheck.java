package io.iodine.concurrent;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * Detects an executor that runs a task in the thread which submits it. One submission of
 * the task at a time.
 */
public final class CallerRunsCheck {

	private static final AtomicReferenceFieldUpdater<CallerRunsCheck, @Nullable Thread> CALLER = updater();

	/** The thread that is inside of {@code execute}. */
	private volatile @Nullable Thread caller;

	/** Whether the task was run meanwhile: the caller's own. */
	private boolean ranInCaller;

	/**
	 * Called first by the task.
	 * @return whether the submitting thread is still inside of {@code execute}: then the
	 * task does nothing
	 */
	public boolean isCaller() {
		if (this.caller != Thread.currentThread()) {
			return false;
		}
		this.ranInCaller = true;
		return true;
	}

	void begin() {
		this.caller = Thread.currentThread();
	}

	/** Ends the submission, and says whether the task was run in this thread. */
	boolean end() {
		CALLER.compareAndSet(this, Thread.currentThread(), null);
		boolean ran = this.ranInCaller;
		if (ran) {
			this.ranInCaller = false;
		}
		return ran;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // a type argument with @Nullable
	private static AtomicReferenceFieldUpdater<CallerRunsCheck, @Nullable Thread> updater() {
		return (AtomicReferenceFieldUpdater) AtomicReferenceFieldUpdater.newUpdater(CallerRunsCheck.class, Thread.class,
				"caller");
	}

}
