package io.iodine.process;

/**
 * State of a worker as the master last reported it.
 *
 * @param number the number of the worker, from 1
 * @param generation counts the restarts of the cluster, from 1
 * @param pid its process id
 * @param state such as READY
 */
public record WorkerStatus(int number, int generation, long pid, String state) {

	static WorkerStatus parse(String line) {
		String[] words = line.split(" ", -1);
		return new WorkerStatus(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
				words[3]);
	}

}
