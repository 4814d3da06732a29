package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.autoconfigure.ClusterOfProcesses.Who;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of a Boot application that runs as a cluster, with real processes. */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class ClusterTests {

	@TempDir
	private Path directory;

	@Test
	void clientsOfDifferentWorkersHearEachOtherAndMoveOnAtARestart() throws Exception {
		Path pidFile = this.directory.resolve("app.pid");
		Path accessLog = this.directory.resolve("access.log");
		Path control = Files.createDirectory(this.directory.resolve("control"));

		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(control, "--iodine.cluster.processes=2",
				"--iodine.pid-file=" + pidFile, "--iodine.access-log.enabled=true", "--iodine.access-log.target=file",
				"--iodine.access-log.file=" + accessLog)) {
			int port = cluster.awaitPort(2);
			assertThat(Files.readString(pidFile).strip()).isEqualTo(String.valueOf(cluster.pid()));
			List<RoomClient> clients = RoomClient.ofAllWorkers(port);

			clients.get(0).say("hello");
			for (RoomClient client : clients) {
				assertThat(client.next()).isEqualTo("hello");
			}
			hearEachOtherInOrder(clients);
			awaitTheOneWorkerWithItsBean(port);
			Files.move(accessLog, accessLog.resolveSibling("access.log.1"));
			cluster.signal("HUP");
			cluster.awaitLine("SIGHUP");
			while (!Files.exists(accessLog)) {
				ClusterOfProcesses.get(port, "/who");
			}
			cluster.signal("USR1");
			cluster.awaitLine("generation 2 serves");

			for (RoomClient client : clients) {
				assertThat(client.closed().get(30, TimeUnit.SECONDS)).isEqualTo(1001);
			}
			assertThat(Who.parse(ClusterOfProcesses.get(port, "/who")).generation()).isEqualTo(2);
			cluster.signal("TERM");
			assertThat(cluster.awaitExit()).isEqualTo(143);
			assertThat(cluster.liveWorkers()).isEmpty();
			assertThat(control).isEmptyDirectory();
			assertThat(pidFile).doesNotExist();
		}
	}

	private static void awaitTheOneWorkerWithItsBean(int port) throws Exception {
		Set<String> workers = new HashSet<>();
		while (workers.size() < 2) {
			workers.add(ClusterOfProcesses.get(port, "/once"));
		}
		assertThat(workers).as("the beans of @ConditionalOnWorker(1)").containsExactlyInAnyOrder("1 true", "2 false");
	}

	/** What one publishes arrives in its order at all, whatever lies between. */
	private static void hearEachOtherInOrder(List<RoomClient> clients) throws InterruptedException {
		List<String> numbers = IntStream.range(0, 200).mapToObj(String::valueOf).toList();
		for (String number : numbers) {
			for (int publisher = 0; publisher < clients.size(); publisher++) {
				clients.get(publisher).say(publisher + ":" + number);
			}
		}
		for (RoomClient client : clients) {
			Map<String, List<String>> heard = new HashMap<>();
			for (int i = 0; i < clients.size() * numbers.size(); i++) {
				String[] words = client.next().split(":", -1);
				heard.computeIfAbsent(words[0], (publisher) -> new ArrayList<>()).add(words[1]);
			}
			assertThat(heard).hasSize(clients.size())
				.allSatisfy((publisher, all) -> assertThat(all).isEqualTo(numbers));
		}
	}

	@Test
	void aRawListenerIsServedByAllWorkersOnOnePortUntilTheMasterIsKilled() throws Exception {
		try (ClusterOfProcesses cluster = ClusterOfProcesses.start(this.directory, "--iodine.cluster.processes=2",
				"--raw=true", "--iodine.cluster.max-memory=450MB",
				"--iodine.cluster.worker-arguments=-XX:MaxDirectMemorySize=600m")) {
			int http = cluster.awaitPort(0);
			int port = cluster.awaitPort(2);
			awaitBothWorkers(port);

			replacesTheWorkerThatHasGrown(cluster, http);
			awaitBothWorkers(port);

			cluster.signal("KILL");
			cluster.awaitNoWorkers();

			assertThat(this.directory).isEmptyDirectory();
		}
	}

	private static void awaitBothWorkers(int port) throws IOException {
		Set<String> workers = new HashSet<>();
		while (workers.size() < 2) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				workers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
			}
		}
		assertThat(workers).containsExactlyInAnyOrder("1", "2");
	}

	private static void replacesTheWorkerThatHasGrown(ClusterOfProcesses cluster, int port) throws Exception {
		Who grown = Who.parse(ClusterOfProcesses.post(port, "/grow?megabytes=400"));

		cluster.awaitLine("(process " + grown.pid() + ") has ");
		cluster.awaitLine("generation 2 serves");

		Set<Who> serving = new HashSet<>();
		while (serving.size() < 2) {
			serving.add(Who.parse(ClusterOfProcesses.get(port, "/who")));
		}
		assertThat(serving).noneMatch((who) -> who.pid() == grown.pid())
			.extracting((who) -> who.worker() + " of " + who.generation())
			.containsExactlyInAnyOrder(grown.worker() + " of 2", (3 - grown.worker()) + " of 1");
	}

}
