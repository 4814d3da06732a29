package io.iodine.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.iodine.autoconfigure.ClusterOfProcesses.Who;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Proves what a cluster does when something fails, with real processes. */
@Timeout(900)
class ClusterFailureProof {

	private static final int NOBODY = 65_534;

	@TempDir
	private Path directory;

	@Test
	void aSecondMasterOnAPortInUseEndsAndLeavesTheFirstAlone() throws Exception {
		Path pidFile = this.directory.resolve("app.pid");
		try (ClusterOfProcesses cluster = start(1, "--iodine.pid-file=" + pidFile)) {
			int port = cluster.awaitPort(1);
			try (ClusterOfProcesses second = start(2, "--iodine.pid-file=" + pidFile, "--server.port=" + port)) {
				assertThat(second.awaitExit()).isEqualTo(1);
				assertThat(pidFile).hasContent(String.valueOf(cluster.pid()));
				second.awaitNoWorkers();
				assertThat(second.log()).contains(String.valueOf(port)).contains("in use").contains("giving up");
			}
			assertThat(who(port).generation()).isEqualTo(1);
			cluster.signal("TERM");
			assertThat(cluster.awaitExit()).isEqualTo(143);
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aGenerationThatIsNeverReadyIsKilledAndTheOldOneServes() throws Exception {
		Path trouble = this.directory.resolve("trouble");
		try (ClusterOfProcesses cluster = start(1, "--trouble=" + trouble, "--iodine.cluster.start-timeout=60s")) {
			int port = cluster.awaitPort(1);
			Files.writeString(trouble, "hang");
			cluster.signal("USR1");
			cluster.awaitLine("was not ready within 60000 ms (iodine.cluster.start-timeout), and is killed");
			cluster.awaitLine("The restart has failed: the workers that serve go on");
			assertThat(who(port).generation()).isEqualTo(1);

			Files.delete(trouble);
			cluster.signal("USR1");
			cluster.awaitLine("generation 3 serves");
			assertThat(who(port).generation()).isEqualTo(3);
		}
	}

	@Test
	void aGenerationThatDiesOnceReadyIsNotRolledOut() throws Exception {
		Path trouble = this.directory.resolve("trouble");
		try (ClusterOfProcesses cluster = start(2, "--trouble=" + trouble)) {
			int port = cluster.awaitPort(2);
			try (RequestLoad load = new RequestLoad(port, "/who", 4, 20)) {
				Files.writeString(trouble, "crash");
				cluster.signal("USR1");
				cluster.awaitLine("ended unasked with status 9");
				cluster.awaitLine("The restart has failed: the new worker 1 has ended before the old one");
				Files.delete(trouble);
				cluster.awaitLine("is ready");
				assertThat(cluster.count("Worker 2 of generation 2")).isZero();
				ClusterOfProcesses.report("a generation that dies once ready: " + load.answered() + " requests, "
						+ load.failures().size() + " failed");
				assertThat(load.failures()).as("those of the one that died").hasSizeLessThanOrEqualTo(4);
			}
		}
	}

	@Test
	void workersThatDieAgainAndAgainEndTheMaster() throws Exception {
		Path trouble = Files.writeString(this.directory.resolve("trouble"), "crash");
		try (ClusterOfProcesses cluster = start(1, "--trouble=" + trouble, "--iodine.cluster.max-failures=3")) {
			assertThat(cluster.awaitExit()).isEqualTo(1);

			assertThat(cluster.log()).contains("No worker serves, and 3 have ended in a row soon after their start "
					+ "(iodine.cluster.max-failures): giving up");
			assertThat(cluster.count(") starts")).isEqualTo(3);
		}
		Files.delete(trouble);
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void anotherUserMayNotConnectAndIsRefusedWhereHeCan() throws Exception {
		try (ClusterOfProcesses cluster = start(1)) {
			cluster.awaitPort(1);
			Path control = control();

			assertThat(connectAsNobody(control)).contains("Permission denied");
			for (Path entered = control.getParent(); entered != null; entered = entered.getParent()) {
				if (PosixFilePermissions.toString(Files.getPosixFilePermissions(entered)).equals("rwx------")) {
					Files.setPosixFilePermissions(entered, PosixFilePermissions.fromString("rwx--x--x"));
				}
			}
			Files.setPosixFilePermissions(control, PosixFilePermissions.fromString("rwxrwxrwx"));
			assertThat(connectAsNobody(control)).contains("read -1");
			assertThat(cluster.awaitLine("Refused process")).contains("of user " + NOBODY);
		}
	}

	@Test
	void aControlSocketThatWasRemovedIsOpenedAgainForTheNextGeneration() throws Exception {
		try (ClusterOfProcesses cluster = start(1)) {
			int port = cluster.awaitPort(1);
			Path control = control();
			Files.delete(control);
			Files.delete(control.getParent());

			cluster.signal("USR1");
			cluster.awaitLine("was removed and is opened again");
			cluster.awaitLine("generation 2 serves");

			assertThat(who(port).generation()).isEqualTo(2);
			cluster.signal("TERM");
			assertThat(cluster.awaitExit()).isEqualTo(143);
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aKilledWorkerIsForgottenWhileTheOtherServes() throws Exception {
		try (ClusterOfProcesses cluster = start(2)) {
			int port = cluster.awaitPort(2);
			List<RoomClient> clients = RoomClient.ofAllWorkers(port);
			ClusterOfProcesses.await(() -> members(port).equals("worker-1 worker-2"));
			RoomClient lost = clients.get(0);
			RoomClient left = clients.get(1);

			ClusterOfProcesses.signal("KILL", lost.who().pid());
			left.say("still here");

			assertThat(left.next()).isEqualTo("still here");
			ClusterOfProcesses.await(() -> members(port).equals("worker-" + left.who().worker()));
			cluster.awaitLine("is ready");
			assertThat(members(port)).isEqualTo("worker-" + left.who().worker());
		}
	}

	@Test
	void signalsDuringARestartLeadToOneMore() throws Exception {
		try (ClusterOfProcesses cluster = start(2)) {
			int port = cluster.awaitPort(2);
			cluster.signal("USR1");
			cluster.awaitLine("as generation 2");
			cluster.signal("USR1");
			cluster.awaitLine("SIGUSR1");
			cluster.signal("USR1");
			cluster.awaitLine("generation 2 serves");
			cluster.awaitLine("generation 3 serves");
			assertThat(who(port).generation()).isEqualTo(3);
			cluster.signal("TERM");
			assertThat(cluster.awaitExit()).isEqualTo(143);
			assertThat(cluster.count("as generation")).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "as generation 2", "Listens on", "is ready" })
	void aStopDuringARestartLeavesNothing(String moment) throws Exception {
		try (ClusterOfProcesses cluster = start(2)) {
			cluster.awaitPort(2);
			cluster.signal("USR1");
			cluster.awaitLine("generation 2");
			if (!moment.startsWith("as")) {
				cluster.awaitLine(moment.equals("is ready") ? moment : "Starting");
			}
			cluster.signal("TERM");
			assertThat(cluster.awaitExit()).isEqualTo(143);
			assertThat(cluster.liveWorkers()).isEmpty();
			assertThat(cluster.count("iodine.cluster.stop-timeout")).as("workers that had to be killed").isZero();
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "KILL" })
	void anEndUnderLoadLeavesNeitherProcessNorSocket(String signal) throws Exception {
		try (ClusterOfProcesses cluster = start(2, "--iodine.cluster.stop-timeout=30s")) {
			int port = cluster.awaitPort(2);
			try (RequestLoad load = new RequestLoad(port, "/who", 16, 20)) {
				ClusterOfProcesses.await(() -> load.answered() >= 1_000);
				long start = System.nanoTime();
				cluster.signal(signal);
				cluster.awaitExit();
				cluster.awaitNoWorkers();
				long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
				ClusterOfProcesses
					.report("SIG" + signal + " to the master under load: all gone after " + millis + " ms");
				assertThat(millis).isLessThan(40_000);
			}
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void workersServeWhileTheirMasterIsStoppedAndLiveWhenItGoesOn() throws Exception {
		try (ClusterOfProcesses cluster = start(2, "--iodine.cluster.heartbeat-interval=200ms",
				"--iodine.cluster.heartbeat-timeout=2s")) {
			int port = cluster.awaitPort(2);
			try (RequestLoad load = new RequestLoad(port, "/who", 8, 20)) {
				cluster.signal("STOP");
				long start = System.nanoTime();
				ClusterOfProcesses.await(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(8));
				long served = load.answered();
				cluster.signal("CONT");
				ClusterOfProcesses.await(() -> load.answered() >= served + 2_000);
				cluster.signal("USR1");
				cluster.awaitLine("generation 2 serves");
				assertThat(load.failures()).isEmpty();
				assertThat(cluster.count("no sign of life")).isZero();
				assertThat(served).isPositive();
			}
		}
	}

	@Test
	void aMasterWithoutStandardStreamsServesAndRestarts() throws Exception {
		int port = freePort();
		Path log = this.directory.resolve("log");
		List<String> command = new ArrayList<>(command());
		command.addAll(List.of("--iodine.cluster.processes=2", "--server.address=127.0.0.1", "--server.port=" + port,
				"--iodine.cluster.directory=" + this.directory, "--logging.file.name=" + log,
				"--iodine.cluster.worker-arguments=-Xmx256m"));
		List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"));
		shell.addAll(command);
		Process master = new ProcessBuilder(shell).start();
		try {
			ClusterOfProcesses.await(() -> count(log, "is ready") >= 2);
			new ProcessBuilder("kill", "-USR1", String.valueOf(master.pid())).start().waitFor();
			ClusterOfProcesses.await(() -> count(log, "generation 2 serves") == 1);
			assertThat(who(port).generation()).isEqualTo(2);
			master.destroy();
			assertThat(master.waitFor(2, TimeUnit.MINUTES)).isTrue();
			assertThat(master.exitValue()).isEqualTo(143);
		}
		finally {
			master.descendants().forEach(ProcessHandle::destroyForcibly);
			master.destroyForcibly();
		}
	}

	private ClusterOfProcesses start(int processes, String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--iodine.cluster.processes=" + processes);
		return ClusterOfProcesses.start(this.directory, all.toArray(String[]::new));
	}

	private static List<String> command() {
		return List.of(ClusterOfProcesses.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp",
				System.getProperty("java.class.path"), ClusterProgram.class.getName());
	}

	private static Who who(int port) throws Exception {
		return Who.parse(ClusterOfProcesses.get(port, "/who"));
	}

	private static String members(int port) {
		try {
			return ClusterOfProcesses.get(port, "/members");
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	private Path control() throws IOException {
		try (DirectoryStream<Path> found = Files.newDirectoryStream(this.directory, "iodine-*")) {
			return found.iterator().next().resolve("control");
		}
	}

	/** Needs root, and a class path that all may read. */
	private String connectAsNobody(Path control) throws Exception {
		Path classes = Files.createTempDirectory("stranger");
		Path type = Path.of("io/iodine/autoconfigure/ControlStranger.class");
		Files.createDirectories(classes.resolve(type).getParent());
		Files.copy(Path.of(ControlStranger.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.resolve(type), classes.resolve(type));
		Files.setPosixFilePermissions(classes, PosixFilePermissions.fromString("rwxr-xr-x"));
		File output = this.directory.resolve("stranger").toFile();
		new ProcessBuilder("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups",
				ClusterOfProcesses.java(), "-Xmx32m", "-cp", classes.toString(), ControlStranger.class.getName(),
				control.toString())
			.redirectErrorStream(true)
			.redirectOutput(output)
			.start()
			.waitFor();
		return Files.readString(output.toPath());
	}

	private static long count(Path log, String text) {
		try {
			return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8)
				.lines()
				.filter((line) -> line.contains(text))
				.count() : 0;
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
