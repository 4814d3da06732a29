package io.iodine.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Starts workers by the command line of the master, each with its identity. */
final class WorkerLauncher {

	private final ClusterSettings settings;

	private final JavaCommand command;

	private final WorkerProcesses processes;

	private final Path control;

	WorkerLauncher(ClusterSettings settings, JavaCommand command, WorkerProcesses processes, Path control) {
		this.settings = settings;
		this.command = command;
		this.processes = processes;
		this.control = control;
	}

	/** The identity of a worker that is to be started. */
	WorkerIdentity identity(int number, int generation) {
		return new WorkerIdentity(number, generation, this.settings.processes(), ProcessHandle.current().pid(),
				this.control);
	}

	/**
	 * Starts the process of a worker.
	 * @param identity the worker
	 * @param exited takes its status, on any thread
	 * @return the process
	 * @throws IOException when it can't be started
	 */
	WorkerProcesses.Handle start(WorkerIdentity identity, IntConsumer exited) throws IOException {
		List<String> arguments = new ArrayList<>(this.settings.workerArguments());
		arguments.addAll(identity.jvmArguments());
		List<String> line = this.command.with(arguments);
		try {
			return this.processes.start(line, exited);
		}
		catch (IOException ex) {
			throw new IOException(
					ex.getMessage() + ". Needed are the JVM that the master runs, at its path " + line.get(0)
							+ ", and room for one process more within the limits of processes, descriptors and memory",
					ex);
		}
	}

}
