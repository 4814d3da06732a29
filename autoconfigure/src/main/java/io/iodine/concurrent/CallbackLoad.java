package io.iodine.concurrent;

import java.util.Optional;

/** The load of the threads that run callbacks, for meters. Any thread. */
public interface CallbackLoad {

	/**
	 * Number of threads that run callbacks at the moment.
	 * @return the number
	 */
	int active();

	/**
	 * Number of tasks that wait for a thread.
	 * @return the number
	 */
	int queued();

	/**
	 * Number of tasks that have ended since the start.
	 * @return the number
	 */
	long completed();

	/**
	 * Number of threads that may run at a time.
	 * @return the number; empty when it is not bounded
	 */
	Optional<Integer> limit();

}
