package io.iodine.process;

/** Hears of the cluster as a whole, on the event loop of the master. */
interface ClusterListener {

	/** All workers are ready for the first time. */
	void complete();

	/** A restart is done. */
	void restarted();

	/** A worker's process has ended. */
	void left(Worker worker);

	/** No process is left, and the master may exit with this status. */
	void finished(int status);

}
