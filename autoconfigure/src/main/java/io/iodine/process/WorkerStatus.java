package io.iodine.process;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * State of a worker as the master last reported it.
 *
 * @param number the number of the worker, from 1
 * @param generation counts the restarts of the cluster, from 1
 * @param pid its process id
 * @param state such as READY
 */
public record WorkerStatus(int number, int generation, long pid, String state) {

	/** Formats the states of workers, in the order of their numbers. */
	static String format(Collection<Worker> workers) {
		return workers.stream()
			.sorted(Comparator.comparingInt(Worker::number).thenComparingInt(Worker::generation))
			.map((worker) -> worker.number() + " " + worker.generation() + " " + worker.pid() + " "
					+ worker.state().name())
			.collect(Collectors.joining("\n"));
	}

	static WorkerStatus parse(String line) {
		String[] words = line.split(" ", -1);
		return new WorkerStatus(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
				words[3]);
	}

}
