package io.iodine.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

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

	private static final List<String> NAMES = List.of("worker", "generation", "processes", "master", "control");

	/**
	 * Reads the identity from the system properties.
	 * @return the identity; empty when this process is no worker
	 */
	public static Optional<WorkerIdentity> ofThisProcess() {
		return read(System.getProperties());
	}

	/** One without a part of it is a worker, too, and must not become a master. */
	static Optional<WorkerIdentity> read(Properties properties) {
		if (NAMES.stream().allMatch((name) -> properties.getProperty(PREFIX + name) == null)) {
			return Optional.empty();
		}
		return Optional.of(new WorkerIdentity(Integer.parseInt(property(properties, "worker")),
				Integer.parseInt(property(properties, "generation")),
				Integer.parseInt(property(properties, "processes")), Long.parseLong(property(properties, "master")),
				Path.of(property(properties, "control"))));
	}

	private static String property(Properties properties, String name) {
		String value = properties.getProperty(PREFIX + name);
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
