package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.autoconfigure.SlowDownload.Transport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a download costs in memory: nothing that grows with the file. With larger files:
 * {@code FileMemoryProof}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class FileMemoryTests {

	private static final long SIZE = 128L * SlowDownload.MIB;

	@TempDir
	static Path folder;

	ServerProcess server;

	HttpClient client;

	long checksum;

	@BeforeAll
	void start() throws Exception {
		Path root = Files.createDirectory(folder.resolve("root"));
		this.checksum = SlowDownload.sparse(root.resolve("large.bin"), SIZE);
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
	void aSlowReaderMakesTheServerWaitAndHoldNothing(Transport transport) throws Exception {
		SlowDownload download = SlowDownload.of(this.server, this.client, transport, "/large.bin");

		assertThat(download.length()).isEqualTo(SIZE);
		assertThat(download.checksum()).isEqualTo(this.checksum);
		assertThat(download.readAhead()).as("read ahead").isLessThan(SIZE / 2);
		assertThat(download.growth()).as("growth of the resident set").isLessThan(SIZE / 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/resource/large.bin", "/stream/large.bin" })
	void soDoesAResourceThatIsTheBodyOfAnAnswer(String target) throws Exception {
		SlowDownload download = SlowDownload.of(this.server, this.client, Transport.CLEAR_TEXT, target);

		assertThat(download.length()).isEqualTo(SIZE);
		assertThat(download.checksum()).isEqualTo(this.checksum);
		assertThat(download.growth()).as("growth of the resident set").isLessThan(SIZE / 2);
	}

	/** Answers with Spring's resources. */
	@RestController
	static class Resources {

		private final Path root;

		Resources(@Value("${iodine.static.root}") Path root) {
			this.root = root;
		}

		@GetMapping("/resource/{name}")
		Resource file(@PathVariable String name) {
			return new FileSystemResource(this.root.resolve(name));
		}

		@GetMapping("/stream/{name}")
		Resource stream(@PathVariable String name) throws IOException {
			return new InputStreamResource(Files.newInputStream(this.root.resolve(name)));
		}

	}

}
