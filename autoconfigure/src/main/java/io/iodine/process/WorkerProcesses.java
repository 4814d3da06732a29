package io.iodine.process;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** Starts processes of workers. */
@FunctionalInterface
interface WorkerProcesses {

	/**
	 * Starts a process.
	 * @param command the command line
	 * @param exited is told its status, on any thread
	 * @return the process
	 * @throws IOException when it can't be started
	 */
	Handle start(List<String> command, IntConsumer exited) throws IOException;

	/** Starts processes that share the output of this one and read nothing. */
	static WorkerProcesses ofTheOperatingSystem() {
		return (command, exited) -> {
			ProcessBuilder builder = new ProcessBuilder(command).inheritIO()
				.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
			// they are for this process only
			builder.environment().keySet().removeAll(List.of("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"));
			builder.environment().remove("NOTIFY_SOCKET");
			Process process = builder.start();
			watch(process, exited);
			return new Handle() {

				@Override
				public long pid() {
					return process.pid();
				}

				@Override
				public void terminate() {
					process.destroy();
				}

				@Override
				public void kill() {
					process.destroyForcibly();
				}

			};
		};
	}

	private static void watch(Process process, IntConsumer exited) {
		boolean watched = false;
		try {
			CompletableFuture<Void> unused = process.onExit().thenAccept((ended) -> exited.accept(ended.exitValue()));
			watched = true;
		}
		finally {
			if (!watched) {
				process.destroyForcibly();
			}
		}
	}

	/** A process that was started. */
	interface Handle {

		long pid();

		/** Sends SIGTERM. */
		void terminate();

		/** Sends SIGKILL. */
		void kill();

		/** In bytes; 0 when it has ended. */
		default long residentMemory() {
			return ResidentMemory.of(pid());
		}

	}

}
