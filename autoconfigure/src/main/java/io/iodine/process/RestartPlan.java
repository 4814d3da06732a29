package io.iodine.process;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which workers are still to be restarted, one at a time, as which generation. Owned by
 * the event loop of the master.
 */
final class RestartPlan {

	/** The workers of the next restart. */
	private final SortedSet<Integer> wanted = new TreeSet<>();

	/** The workers of this restart that are not restarted yet. */
	private final SortedSet<Integer> remaining = new TreeSet<>();

	private int generation = 1;

	/** The worker that is being restarted; 0: none. */
	private int current;

	/** The generation of the newest workers. */
	int generation() {
		return this.generation;
	}

	/** Has a worker restarted, once more when it is being restarted. */
	void add(int number) {
		this.wanted.add(number);
	}

	/** Whether a worker is to be restarted already, or is being restarted. */
	boolean includes(int number) {
		return this.current == number || this.remaining.contains(number) || this.wanted.contains(number);
	}

	boolean isCurrent(WorkerSlot slot) {
		return this.current == slot.number();
	}

	/**
	 * Begins a restart as another generation.
	 * @return the number of its workers; 0 when there are none, or one goes on
	 */
	int begin() {
		if (this.current != 0 || this.wanted.isEmpty()) {
			return 0;
		}
		this.remaining.addAll(this.wanted);
		this.wanted.clear();
		this.generation++;
		return this.remaining.size();
	}

	/**
	 * Goes on with the next worker.
	 * @return its number; 0 when the restart is done
	 */
	int next() {
		this.current = this.remaining.isEmpty() ? 0 : this.remaining.first();
		this.remaining.remove(this.current);
		return this.current;
	}

	/** The workers that are left go on. */
	void abandon() {
		this.remaining.clear();
		this.current = 0;
	}

}
