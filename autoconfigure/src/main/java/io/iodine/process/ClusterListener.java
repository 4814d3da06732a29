package io.iodine.process;

import java.io.IOException;

/** Hears of the cluster as a whole, on the event loop of the master. */
interface ClusterListener {

	/**
	 * A worker is about to be started.
	 * @throws IOException when it could not connect
	 */
	void starting() throws IOException;

	/** All workers are ready for the first time. */
	void complete();

	/** A restart is done. */
	void restarted();

	/** A worker's process has ended. */
	void left(Worker worker);

	/** No process is left, and the master may exit with this status. */
	void finished(int status);

}
