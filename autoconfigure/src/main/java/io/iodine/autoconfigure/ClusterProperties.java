package io.iodine.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.iodine.process.ClusterSettings;
import io.iodine.process.JavaCommand;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The process cluster.
 *
 * @param processes Number of worker processes, from -1024 to 1024. 0 means that the
 * application runs in one process, a negative number the cores divided by it, at least 1.
 * @param directory Directory in which the master creates a private directory for its
 * control socket. By default the directory of temporary files.
 * @param workerArguments Comma-separated list of JVM arguments for workers only, such as
 * -Xmx1g. They take precedence over those of the command line.
 * @param startTimeout Maximum time until a worker is ready. Over it, the worker is
 * killed, and its start has failed.
 * @param stopTimeout Maximum time for a worker to drain. Over it, the worker is killed.
 * @param heartbeatInterval Interval of the heartbeats of workers.
 * @param heartbeatTimeout Time without a heartbeat after which a worker is killed and
 * replaced. 0 means never.
 * @param maxRelayPending Maximum size of the messages that wait to be relayed from one
 * process to another. Over it, publishing is rejected, and a worker that reads nothing is
 * killed and replaced.
 * @param maxMessageSize Maximum size of a message between processes, at least 128 KB.
 * Publishing a larger one is rejected.
 * @param maxFailures Maximum number of starts in a row that fail, or after which a worker
 * crashes within 10 seconds, while no worker serves. After that the master ends.
 * @param restartEvery Interval at which all workers are restarted, one at a time, at
 * least 10 seconds. 0 means never.
 * @param maxMemory Resident memory of a worker over which it is restarted, at least 64
 * MB. 0 means no limit.
 * @param acceptDelay Time that a worker waits after it has stopped accepting, before it
 * drains.
 * @param keepAliveTimeout Time for which a worker that stops waits for one more request
 * on each kept-alive HTTP connection, after which it closes it.
 * @param managementPort Port of the actuator of worker 1, plus one for each further
 * worker, so that each can be scraped. 0 means that management.server.port is shared.
 */
@ConfigurationProperties("iodine.cluster")
public record ClusterProperties(@DefaultValue("0") int processes, @Nullable Path directory,
		@DefaultValue List<String> workerArguments, @DefaultValue("2m") Duration startTimeout,
		@DefaultValue("60s") Duration stopTimeout, @DefaultValue("2s") Duration heartbeatInterval,
		@DefaultValue("10s") Duration heartbeatTimeout, @DefaultValue("64MB") DataSize maxRelayPending,
		@DefaultValue("16MB") DataSize maxMessageSize, @DefaultValue("5") int maxFailures,
		@DefaultValue("0s") Duration restartEvery, @DefaultValue("0B") DataSize maxMemory,
		@DefaultValue("300ms") Duration acceptDelay, @DefaultValue("2s") Duration keepAliveTimeout,
		@DefaultValue("0") int managementPort) {

	private static final int MOST = 1024;

	private static final Duration DAY = Duration.ofDays(1);

	public ClusterProperties {
		InvalidIodinePropertyException.unless(processes >= -MOST && processes <= MOST, "iodine.cluster.processes",
				processes, "a number from -1024 to 1024, where 0 means one process without a master");
		workerArguments = List.copyOf(workerArguments);
		workerArguments.forEach((argument) -> InvalidIodinePropertyException.unless(JavaCommand.isWhole(argument),
				"iodine.cluster.worker-arguments", argument,
				"JVM arguments, each with its value behind '=' or ':', such as -Xmx1g or --add-modules=jdk.jfr"));
		between("iodine.cluster.start-timeout", startTimeout, Duration.ofMillis(1), DAY, "a time above 0, at most 1d");
		between("iodine.cluster.stop-timeout", stopTimeout, Duration.ofMillis(1), DAY, "a time above 0, at most 1d");
		between("iodine.cluster.heartbeat-interval", heartbeatInterval, Duration.ofMillis(100), DAY,
				"a time from 100ms to 1d, such as 2s");
		if (!heartbeatTimeout.isZero()) {
			between("iodine.cluster.heartbeat-timeout", heartbeatTimeout, heartbeatInterval.multipliedBy(2),
					DAY.multipliedBy(2), "0, or at least twice iodine.cluster.heartbeat-interval and at most 2d");
		}
		size("iodine.cluster.max-relay-pending", maxRelayPending);
		// lists of members are sent in parts of 64 KB
		InvalidIodinePropertyException.unless(maxMessageSize.compareTo(DataSize.ofKilobytes(128)) >= 0,
				"iodine.cluster.max-message-size", maxMessageSize, "a size from 128KB, such as 16MB");
		InvalidIodinePropertyException.unless(maxMessageSize.compareTo(maxRelayPending) <= 0,
				"iodine.cluster.max-message-size", maxMessageSize, "at most iodine.cluster.max-relay-pending");
		InvalidIodinePropertyException.unless(maxFailures >= 1, "iodine.cluster.max-failures", maxFailures,
				"a number of 1 or more");
		if (!restartEvery.isZero()) {
			between("iodine.cluster.restart-every", restartEvery, Duration.ofSeconds(10), DAY.multipliedBy(365),
					"0, or a time from 10s to 365d, such as 24h");
		}
		InvalidIodinePropertyException.unless(
				maxMemory.toBytes() == 0 || maxMemory.compareTo(DataSize.ofMegabytes(64)) >= 0,
				"iodine.cluster.max-memory", maxMemory, "0, or a size from 64MB, such as 2GB");
		PropertyCheck.upToADay("iodine.cluster.accept-delay", acceptDelay);
		PropertyCheck.upToADay("iodine.cluster.keep-alive-timeout", keepAliveTimeout);
		InvalidIodinePropertyException.unless(managementPort >= 0 && managementPort <= 65_535 - MOST,
				"iodine.cluster.management-port", managementPort, "a port from 1 to 64511, or 0");
	}

	boolean isEnabled() {
		return this.processes != 0;
	}

	ClusterSettings settings() {
		int cores = Runtime.getRuntime().availableProcessors();
		int workers = (this.processes > 0) ? this.processes : Math.max(1, cores / Math.max(1, -this.processes));
		return new ClusterSettings(workers, this.directory, this.workerArguments, this.startTimeout, this.stopTimeout,
				this.heartbeatInterval, this.heartbeatTimeout, (int) this.maxRelayPending.toBytes(),
				(int) this.maxMessageSize.toBytes(), this.maxFailures, this.restartEvery, this.maxMemory.toBytes());
	}

	private static void between(String property, Duration value, Duration least, Duration most, String expected) {
		InvalidIodinePropertyException.unless(value.compareTo(least) >= 0 && value.compareTo(most) <= 0, property,
				value, expected);
	}

	private static void size(String property, DataSize value) {
		InvalidIodinePropertyException.unless(value.toBytes() > 0 && value.toBytes() <= 1 << 30, property, value,
				"a size from 1B to 1GB, such as 64MB");
	}

}
