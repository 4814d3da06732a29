package io.iodine;

/**
 * Identifies this process within {@code iodine.cluster.processes}. A bean. Without a
 * cluster the one process is master and worker.
 *
 * @param worker the number of this worker, from 1
 * @param generation counts the restarts of the cluster, from 1
 * @param processes the number of worker processes, at least 1
 * @param isMaster whether this process is its own master; the master of a cluster runs no
 * application context, so no bean sees it
 */
public record WorkerInfo(int worker, int generation, int processes, boolean isMaster) {

	/** The process that is all there is. */
	public static final WorkerInfo ALONE = new WorkerInfo(1, 1, 1, true);

	/**
	 * Whether this process serves.
	 * @return true wherever an application context exists
	 */
	public boolean isWorker() {
		return true;
	}

}
