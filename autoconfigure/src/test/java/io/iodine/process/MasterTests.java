package io.iodine.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.iodine.RecordedLog;
import io.iodine.process.GreetingCluster.Greeting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the master with real worker processes. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class MasterTests {

	static final ClusterSettings SETTINGS = settings(null);

	@TempDir
	private static Path directory;

	/** Of most tests, which leave two workers that serve. */
	private static GreetingCluster cluster;

	@BeforeAll
	static void start() throws IOException {
		cluster = new GreetingCluster(directory);
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@Test
	void aRestartReplacesAllWorkersAndRefusesNoClient() throws IOException {
		int before = cluster.greeting().generation();

		cluster.master().restart();
		Set<Greeting> seen = cluster.awaitWorkers((worker) -> worker.generation() > before, 2);

		assertThat(seen).extracting(Greeting::number).containsOnly(1, 2);
		cluster.awaitTwoProcesses();
		assertThat(cluster.greetings(20)).allMatch((greeting) -> greeting.generation() > before);
	}

	@Test
	void aGenerationThatFailsToStartKeepsTheOldOne() throws IOException {
		Set<Greeting> before = cluster.awaitWorkers((worker) -> true, 2);

		Files.createFile(cluster.broken());
		cluster.master().restart();
		cluster.awaitProcess((child) -> before.stream().noneMatch((worker) -> worker.pid() == child.pid()));
		cluster.awaitTwoProcesses();
		Files.delete(cluster.broken());

		assertThat(before).containsAll(cluster.greetings(20));
	}

	@Test
	void aKilledWorkerIsReplacedByOneOfItsNumber() throws IOException {
		Greeting victim = cluster.greeting();

		ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();

		assertThat(cluster.awaitReplacement(victim).number()).isEqualTo(victim.number());
	}

	@Test
	void aWorkerThatIsStoppedByASignalIsReplaced() throws Exception {
		Greeting victim = cluster.awaitWorkers((worker) -> true, 2).iterator().next();

		assertThat(new ProcessBuilder("kill", "-STOP", String.valueOf(victim.pid())).start().waitFor()).isZero();

		assertThat(cluster.awaitReplacement(victim).number()).isEqualTo(victim.number());
		assertThat(ProcessHandle.of(victim.pid())).isEmpty();
	}

	@Test
	void aProcessThatIsNoWorkerIsRefusedHoweverOftenItConnectsAndFewLinesAreLogged() throws IOException {
		try (RecordedLog log = new RecordedLog(ControlServer.class)) {
			for (int i = 0; i < 50; i++) {
				assertThat(readAsStranger()).isEqualTo(-1);
			}

			assertThat(log.lines()).filteredOn((line) -> line.startsWith("WARN Refused process ")).hasSizeBetween(1, 5);
		}
	}

	private static int readAsStranger() throws IOException {
		try (SocketChannel stranger = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			stranger.connect(UnixDomainSocketAddress.of(cluster.control()));
			return stranger.read(ByteBuffer.allocate(1));
		}
	}

	@Test
	void onlyItsOwnerMayEnterTheDirectoryOfTheControlSocket() throws IOException {
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cluster.control().getParent())))
			.isEqualTo("rwx------");
	}

	@Test
	void stoppingEndsAllProcessesAndRemovesTheControlSocket(@TempDir Path other) throws IOException {
		GreetingCluster stopped = new GreetingCluster(other);
		Set<Greeting> workers = stopped.awaitWorkers((worker) -> true, 2);

		stopped.master().stop(7);

		assertThat(stopped.master().await()).isEqualTo(7);
		stopped.master().close();
		assertThat(workers).noneMatch((worker) -> ProcessHandle.of(worker.pid()).isPresent());
		assertThat(other.resolve("control")).isEmptyDirectory();
	}

	@Test
	void aFirstWorkerThatCannotStartEndsTheMaster(@TempDir Path other) throws IOException {
		Files.createFile(GreetingCluster.broken(other));

		try (GreetingCluster failed = new GreetingCluster(other)) {
			assertThat(failed.master().await()).isEqualTo(1);
		}
	}

	static ClusterSettings settings(@Nullable Path parent) {
		return new ClusterSettings(2, parent, List.of(), Duration.ofSeconds(60), Duration.ofSeconds(20),
				Duration.ofMillis(500), Duration.ofSeconds(5), 1 << 20, 1 << 20, 3, Duration.ZERO, 0);
	}

}
