package io.iodine.process;

/** State of a worker. */
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
