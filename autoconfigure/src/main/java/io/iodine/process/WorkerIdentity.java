package io.iodine.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Identifies a worker process to itself. It travels in the command line and not in the
 * environment, so that a program started by a worker is not taken for one.
 *
 * @param number the number of the worker, from 1
 * @param generation counts the restarts of the cluster, from 1
 * @param processes the number of workers of the cluster
 * @param master the process id of the master
 * @param control the Unix socket of the master
 */
public record WorkerIdentity(int number, int generation, int processes, long master, Path control) {

	private static final String PREFIX = "io.iodine.process.";

	/**
	 * Reads the identity from the system properties.
	 * @return the identity; empty when this process is no worker
	 */
	public static Optional<WorkerIdentity> ofThisProcess() {
		String number = System.getProperty(PREFIX + "worker");
		if (number == null) {
			return Optional.empty();
		}
		return Optional.of(new WorkerIdentity(Integer.parseInt(number), Integer.parseInt(property("generation")),
				Integer.parseInt(property("processes")), Long.parseLong(property("master")),
				Path.of(property("control"))));
	}

	private static String property(String name) {
		String value = System.getProperty(PREFIX + name);
		if (value == null) {
			throw new IllegalStateException("a worker process needs the system property " + PREFIX + name);
		}
		return value;
	}

	List<String> jvmArguments() {
		return List.of(argument("worker", this.number), argument("generation", this.generation),
				argument("processes", this.processes), argument("master", this.master),
				argument("control", this.control));
	}

	private static String argument(String name, Object value) {
		return "-D" + PREFIX + name + "=" + value;
	}

}
