package io.iodine.process;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Crashes of workers that no worker has been sent yet; at most {@value #MOST}, of which
 * the oldest is dropped. Owned by the event loop of the master.
 */
final class CrashReports {

	private static final int MOST = 16;

	private final Deque<String> untold = new ArrayDeque<>();

	void add(Worker worker, int exit, boolean hadServed) {
		if (this.untold.size() == MOST) {
			this.untold.removeFirst();
		}
		this.untold
			.add(worker.number() + " " + worker.generation() + " " + worker.pid() + " " + exit + " " + hadServed);
	}

	/** Sends them to the workers that are ready, if there are any. */
	void tell(Collection<Worker> workers) {
		List<Worker> ready = workers.stream().filter(Worker::isReady).toList();
		if (!ready.isEmpty()) {
			this.untold.forEach((crash) -> ready.forEach((worker) -> worker.tell(FrameType.CRASH, crash)));
			this.untold.clear();
		}
	}

}
