package io.iodine.process;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The resident memory over which a worker is restarted. A worker that has more already
 * when it becomes ready goes on, because its successor would have as much.
 */
final class MemoryLimit {

	private static final Log logger = LogFactory.getLog(MemoryLimit.class);

	private final long most;

	/**
	 * A limit for all workers.
	 * @param most the number of bytes; 0 for no limit
	 */
	MemoryLimit(long most) {
		this.most = most;
	}

	/** Called when a worker becomes ready. */
	void measureStart(Worker worker) {
		long resident = excess(worker);
		if (resident > 0) {
			worker.startedLarge();
			logger.error(describe(worker, resident) + ", when it becomes ready, and goes on, because its successor "
					+ "would have as much: set a larger size");
		}
	}

	/** Whether a worker that serves has grown beyond the limit. */
	boolean isExceeded(Worker worker) {
		long resident = worker.isLargeFromStart() ? 0 : excess(worker);
		if (resident > 0) {
			logger.info(describe(worker, resident) + ", and is restarted");
		}
		return resident > 0;
	}

	/** The resident memory when it is more than the limit, else 0. */
	private long excess(Worker worker) {
		long resident = (this.most != 0) ? worker.residentMemory() : 0;
		return (resident > this.most) ? resident : 0;
	}

	private String describe(Worker worker, long resident) {
		return worker + " has " + (resident >> 20) + " MB resident, more than " + (this.most >> 20)
				+ " MB (iodine.cluster.max-memory)";
	}

}
