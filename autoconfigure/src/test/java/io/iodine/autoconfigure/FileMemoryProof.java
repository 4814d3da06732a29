package io.iodine.autoconfigure;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.autoconfigure.SlowDownload.Transport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What downloads of 1 and 4 GiB cost in memory; too slow for every build:
 * {@code -Pproofs}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class FileMemoryProof {

	private static final long GIB = 1L << 30;

	private static final long FLAT = 48L * SlowDownload.MIB;

	@TempDir
	static Path folder;

	ServerProcess server;

	HttpClient client;

	long largeChecksum;

	long hugeChecksum;

	@BeforeAll
	void start() throws Exception {
		Path root = Files.createDirectory(folder.resolve("root"));
		SlowDownload.sparse(root.resolve("warm-up.bin"), 32L * SlowDownload.MIB);
		this.largeChecksum = SlowDownload.sparse(root.resolve("large.bin"), GIB);
		this.hugeChecksum = SlowDownload.sparse(root.resolve("huge.bin"), 4 * GIB);
		LocalhostKeys keys = LocalhostKeys.in(folder);
		this.server = ServerProcess.serving(root, keys);
		this.client = HttpClient.newBuilder().sslContext(keys.trusting()).build();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void oneGibibyteForASlowReader(Transport transport) throws Exception {
		prove(transport, "/warm-up.bin", "/large.bin", GIB, this.largeChecksum);
	}

	@Test
	void fourGibibytesThatTheApplicationNames() throws Exception {
		prove(Transport.CLEAR_TEXT, "/named?file=warm-up.bin", "/named?file=huge.bin", 4 * GIB, this.hugeChecksum);
	}

	private void prove(Transport transport, String warmUp, String target, long size, long checksum) throws Exception {
		SlowDownload.of(this.server, this.client, transport, warmUp);
		long begin = System.nanoTime();

		SlowDownload download = SlowDownload.of(this.server, this.client, transport, target);

		System.out.printf(
				"PROOF %s %s: %d MiB in %.1f s, %d MiB read ahead of a reader that stands still, resident set +%.1f MiB%n",
				transport, target, download.length() / SlowDownload.MIB, (System.nanoTime() - begin) / 1e9,
				download.readAhead() / SlowDownload.MIB, download.growth() / (double) SlowDownload.MIB);
		assertThat(download.length()).isEqualTo(size);
		assertThat(download.checksum()).isEqualTo(checksum);
		assertThat(download.readAhead()).as("read ahead").isLessThan(FLAT);
		assertThat(download.growth()).as("growth of the resident set").isLessThan(FLAT);
	}

}
