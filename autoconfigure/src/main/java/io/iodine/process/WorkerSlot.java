package io.iodine.process;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * State of a worker number: the current process, its successor, and the next attempt.
 * Owned by the event loop of the master.
 */
final class WorkerSlot {

	private static final Duration FIRST_DELAY = Duration.ofMillis(100);

	private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

	/** A worker that served as long as this has not failed. */
	private static final Duration STABLE = Duration.ofSeconds(10);

	private final int number;

	private @Nullable Worker current;

	private @Nullable Worker next;

	private @Nullable ScheduledFuture<?> retry;

	private int failures;

	private long failed;

	WorkerSlot(int number) {
		this.number = number;
	}

	int number() {
		return this.number;
	}

	@Nullable Worker current() {
		return this.current;
	}

	@Nullable Worker next() {
		return this.next;
	}

	int failures() {
		return this.failures;
	}

	/** The workers that neither stop nor are replaced yet. */
	Stream<Worker> workers() {
		return Stream.of(this.current, this.next).filter((worker) -> worker != null).map((worker) -> worker);
	}

	void starts(Worker worker) {
		cancelRetry();
		this.next = worker;
	}

	/**
	 * The next worker is ready, and takes the place.
	 * @return the worker that it replaces
	 */
	@Nullable Worker promote() {
		Worker replaced = this.current;
		this.current = this.next;
		this.next = null;
		return replaced;
	}

	/** Another takes the place of the next worker. */
	void nextDiscarded() {
		this.next = null;
	}

	/** The next worker has failed to start. */
	void nextFailed() {
		this.next = null;
		this.failures++;
		this.failed = System.nanoTime();
	}

	/** The worker that served has ended unasked. */
	void currentEnded(Worker worker) {
		this.current = null;
		this.failures = (worker.served().compareTo(STABLE) >= 0) ? 0 : this.failures + 1;
	}

	/** How long to wait before the next attempt. */
	Duration delay() {
		Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(this.failures, 10));
		return (delay.compareTo(LONGEST_DELAY) < 0) ? delay : LONGEST_DELAY;
	}

	/** Whether a start has failed so recently that another one is to wait. */
	boolean isBackingOff() {
		return this.failures > 0 && System.nanoTime() - this.failed < delay().toNanos();
	}

	void retriesWith(ScheduledFuture<?> attempt) {
		cancelRetry();
		this.retry = attempt;
	}

	void cancelRetry() {
		if (this.retry != null) {
			this.retry.cancel(false);
			this.retry = null;
		}
	}

}
