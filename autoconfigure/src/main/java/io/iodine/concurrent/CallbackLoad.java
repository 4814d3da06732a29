package io.iodine.concurrent;

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

}
