package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.iodine.SendFile;
import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** Files that responses of the application name. */
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class SendFileTests {

	private static final long FOUR_GIB = 4L << 30;

	@TempDir
	static Path folder;

	FileServer server;

	@BeforeAll
	void start() throws IOException {
		Path root = Files.createDirectories(folder.resolve("named/sub")).resolve("..").normalize();
		Files.writeString(folder.resolve("secret.txt"), "secret");
		Files.writeString(root.resolve("report.txt"), "a report");
		Files.writeString(root.resolve("report.txt.gz"), "gz");
		Files.writeString(root.resolve("a b.txt"), "spaced");
		Files.write(root.resolve("large.bin"), new byte[500_000]);
		Files.createSymbolicLink(root.resolve("link.txt"), Path.of("../secret.txt"));
		try (RandomAccessFile huge = new RandomAccessFile(root.resolve("huge.bin").toFile(), "rw")) {
			huge.setLength(FOUR_GIB);
		}
		this.server = FileServer.start(List.of(Naming.class), "iodine.static.send-file-root=" + root,
				"server.compression.enabled=true", "server.compression.min-response-size=1");
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void aNamedFileTakesThePlaceOfTheBody() throws IOException {
		Answer answer = this.server.get("/named?file=report.txt");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("a report");
		assertThat(answer.headers()).doesNotContainKeys("x-sendfile", "x-accel-redirect");
		assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
		assertThat(answer.header("x-app")).isEqualTo("kept");
		assertThat(answer.header("set-cookie")).isEqualTo("a=b");
		assertThat(answer.header("vary")).containsIgnoringCase("accept-encoding");
	}

	@Test
	void rangesTagsAndSiblingsApply() throws IOException {
		Answer whole = this.server.get("/named?file=report.txt");
		Answer range = this.server.get("/named?file=report.txt", "Range: bytes=2-3");
		Answer known = this.server.get("/named?file=report.txt", "If-None-Match: " + whole.header("etag"));
		Answer sibling = this.server.get("/named?file=report.txt", "Accept-Encoding: gzip");
		Answer large = this.server.get("/named?file=large.bin", "Accept-Encoding: gzip");

		assertThat(range.status() + range.body()).isEqualTo("206re");
		assertThat(known.status()).isEqualTo(304);
		assertThat(sibling.body()).isEqualTo("gz");
		assertThat(sibling.header("content-encoding")).isEqualTo("gzip");
		assertThat(large.body()).hasSize(500_000);
		assertThat(large.headers()).doesNotContainKey("content-encoding");
	}

	@Test
	void whatTheApplicationHasSetStays() throws IOException {
		Answer answer = this.server.get("/typed");

		assertThat(answer.body()).isEqualTo("a report");
		assertThat(answer.status()).isEqualTo(201);
		assertThat(answer.header("content-type")).isEqualTo("application/x-own");
		assertThat(answer.header("cache-control")).isEqualTo("no-store");
		assertThat(answer.header("content-disposition")).isEqualTo("attachment");
	}

	@Test
	void aPostMayAnswerWithAFile() throws IOException {
		Answer answer = this.server.send("POST", "/posted", "Content-Length: 0", "Range: bytes=0-0");

		assertThat(answer.status() + answer.body()).isEqualTo("200a report");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/returned", "/returned-later", "/accel", "/absolute", "/in-body" })
	void aControllerMayNameItInManyWays(String target) throws IOException {
		Answer answer = this.server.get(target);

		assertThat(answer.body()).isEqualTo("a report");
	}

	@Test
	void headHasNoBody() throws IOException {
		Answer answer = this.server.send("HEAD", "/named?file=large.bin");

		assertThat(answer.header("content-length")).isEqualTo("500000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "none.txt", "../secret.txt", "sub/../../secret.txt", "/etc/passwd", "link.txt", "sub", "",
			".." })
	void whatLiesOutsideTheRootIsNotFound(String file) throws IOException {
		Answer answer = this.server.get("/named?file=" + file);

		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.body()).isEqualTo("404 Not Found\n");
		assertThat(answer.header("x-app")).isEqualTo("kept");
	}

	@Test
	void aNameThatNoFileHasIsNoWarning(CapturedOutput output) throws IOException {
		this.server.get("/named?file=none-of-these.txt");

		assertThat(output).doesNotContain("none-of-these.txt");
	}

	@Test
	void aConnectionGoesOnAfterAFile() throws IOException {
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket,
					FileServer.request("GET", "/named?file=large.bin")
							+ FileServer.request("GET", "/named?file=report.txt") + FileServer.request("GET", "/none")
							+ FileServer.request("GET", "/named?file=none"));

			assertThat(FileServer.read(socket.getInputStream(), false).body()).hasSize(500_000);
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("a report");
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo(FileServer.APPLICATION);
			assertThat(FileServer.read(socket.getInputStream(), false).status()).isEqualTo(404);
		}
	}

	@Test
	void aFileOfFourGibibytesIsSentFromWhereverTheClientWants() throws IOException {
		Answer end = this.server.get("/named?file=huge.bin", "Range: bytes=-10");
		Answer head = this.server.send("HEAD", "/named?file=huge.bin");

		assertThat(end.header("content-range"))
			.isEqualTo("bytes " + (FOUR_GIB - 10) + "-" + (FOUR_GIB - 1) + "/" + FOUR_GIB);
		assertThat(end.body()).hasSize(10);
		assertThat(head.header("content-length")).isEqualTo(String.valueOf(FOUR_GIB));
	}

	/** Names files. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	@RestController
	static class Naming {

		@RequestMapping("/**")
		ResponseEntity<String> otherwise() {
			return ResponseEntity.status(HttpStatus.NOT_FOUND).body(FileServer.APPLICATION);
		}

		@GetMapping("/named")
		ResponseEntity<Void> named(@RequestParam String file) {
			return ResponseEntity.ok()
				.header("X-Sendfile", file)
				.header("X-App", "kept")
				.header("Set-Cookie", "a=b")
				.build();
		}

		@GetMapping("/in-body")
		ResponseEntity<String> inBody() {
			return ResponseEntity.ok().header("X-Sendfile", "report.txt").body("swallowed");
		}

		@GetMapping("/typed")
		ResponseEntity<Void> typed() {
			return ResponseEntity.status(HttpStatus.CREATED)
				.header("X-Sendfile", "report.txt")
				.header("Content-Type", "application/x-own")
				.header("Cache-Control", "no-store")
				.header("Content-Disposition", "attachment")
				.build();
		}

		@GetMapping("/accel")
		ResponseEntity<Void> accel() {
			return ResponseEntity.ok().header("X-Accel-Redirect", "/sub/../report%2Etxt").build();
		}

		@GetMapping("/absolute")
		SendFile absolute() {
			return SendFile.of(folder.resolve("named/report.txt"));
		}

		@GetMapping("/returned")
		SendFile returned() {
			return SendFile.of("report.txt");
		}

		@GetMapping("/returned-later")
		Mono<SendFile> returnedLater() {
			return Mono.just(SendFile.of("report.txt"));
		}

		@PostMapping("/posted")
		@ResponseStatus(HttpStatus.OK)
		SendFile posted() {
			return SendFile.of("report.txt");
		}

	}

}
