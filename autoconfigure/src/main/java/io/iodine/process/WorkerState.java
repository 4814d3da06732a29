package io.iodine.process;

/** Where in its life a worker is. */
enum WorkerState {

	/** Its process was started. */
	STARTING,

	/** It serves. */
	READY,

	/** It was told to stop. */
	STOPPING,

	/** Its process has ended. */
	GONE

}
