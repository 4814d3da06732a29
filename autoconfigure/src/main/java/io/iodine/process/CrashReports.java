package io.iodine.process;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Crashes of workers, kept until a worker serves that can be told. Owned by the event
 * loop of the master.
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

	void tell(Collection<Worker> workers) {
		List<Worker> ready = workers.stream().filter(Worker::isReady).toList();
		if (!ready.isEmpty()) {
			this.untold.forEach((crash) -> ready.forEach((worker) -> worker.tell(FrameType.CRASH, crash)));
			this.untold.clear();
		}
	}

}
