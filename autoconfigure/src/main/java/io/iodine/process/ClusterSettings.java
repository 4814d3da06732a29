package io.iodine.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Settings of supervision.
 *
 * @param processes the number of workers, at least 1
 * @param directory where the control socket's private directory is made; null: the JVM's
 * temporary directory
 * @param workerArguments JVM arguments of workers only
 * @param startTimeout how long a worker may take until it is ready
 * @param stopTimeout how long a worker may drain until it is killed
 * @param heartbeatInterval how often workers are asked for a sign of life
 * @param heartbeatTimeout how long a worker may give none until it is killed; zero: for
 * ever
 * @param maxRelayPending how many bytes may wait for a worker until it is killed, and in
 * a worker for the master until publishing is refused
 * @param maxMessageBytes the size of the largest message between processes
 * @param maxFailures how many starts of a worker may fail in a row
 * @param restartEvery how often all workers are restarted; zero: never
 * @param maxMemory the resident memory in bytes over which a worker is restarted; zero:
 * no limit
 */
public record ClusterSettings(int processes, @Nullable Path directory, List<String> workerArguments,
		Duration startTimeout, Duration stopTimeout, Duration heartbeatInterval, Duration heartbeatTimeout,
		int maxRelayPending, int maxMessageBytes, int maxFailures, Duration restartEvery, long maxMemory) {

	public ClusterSettings {
		workerArguments = List.copyOf(workerArguments);
	}

}
