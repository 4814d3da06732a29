package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten restarts of a cluster under the load of {@code wrk}, half of whose clients keep
 * their connections and half of which open one for each request.
 */
@Timeout(1800)
class ClusterWrkProof {

	private static final int RESTARTS = Integer.getInteger("restarts", 10);

	private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");

	@TempDir
	private Path directory;

	@Test
	void restartsFailNoneOfTheRequestsOfWrk() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2")) {
			String url = "http://127.0.0.1:" + cluster.awaitPort(2) + "/who";
			Process keptAlive = wrk("kept-alive", url);
			Process connecting = wrk("connecting", "-H", "Connection: close", url);
			for (int generation = 2; generation < 2 + RESTARTS; generation++) {
				cluster.signal("USR1");
				cluster.awaitLine("generation " + generation + " serves");
			}
			long requests = end("kept-alive", keptAlive) + end("connecting", connecting);
			assertThat(requests).isGreaterThan(100_000);
		}
	}

	/** Not more important than the workers that start. */
	private Process wrk(String name, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("nice", "-n", "19", "wrk", "-t1", "-c32", "-d1h", "--timeout", "60s"));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output(name).toFile()).start();
	}

	private Path output(String name) {
		return this.directory.resolve(name);
	}

	@SuppressWarnings("SystemOut")
	private long end(String name, Process wrk) throws Exception {
		// which has it report
		ClusterOfProcesses.signal("INT", wrk.pid());
		assertThat(wrk.waitFor()).isZero();
		String report = Files.readString(output(name));
		System.out.println("PROOF " + RESTARTS + " restarts, wrk " + name + ": " + report);
		assertThat(report).doesNotContain("Socket errors").doesNotContain("Non-2xx");
		Matcher requests = REQUESTS.matcher(report);
		assertThat(requests.find()).isTrue();
		return Long.parseLong(requests.group(1));
	}

}
