package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Uploads: where they are meanwhile, and that nothing of them stays. */
@SuppressWarnings("NullAway.Init")
class UploadTests {

	private static final BlockingQueue<List<Path>> SEEN = new LinkedBlockingQueue<>();

	private static final String HEAD = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n"
			+ "Content-Type: application/octet-stream\r\n\r\n";

	private static final String END = "\r\n--limit--\r\n";

	private static final String CONTENT = "x".repeat(600_000);

	@TempDir
	private static Path folder;

	private FileServer server;

	@BeforeEach
	void start() {
		SEEN.clear();
		this.server = FileServer.start(List.of(Application.class),
				"spring.webflux.multipart.file-storage-directory=" + folder);
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void theFileOfAnUploadIsDeletedWithItsRequest() throws Exception {
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket, head(HEAD.length() + CONTENT.length() + END.length()) + HEAD + CONTENT + END);

			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("600000 bytes");
			assertThat(SEEN.poll(30, TimeUnit.SECONDS)).as("files while the request is handled").hasSize(1);
			await().untilAsserted(() -> assertThat(files()).isEmpty());
		}
	}

	@Test
	void theFileOfAnUploadThatIsCutIsDeletedToo() throws Exception {
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket, head(10_000_000) + HEAD + CONTENT);
			await().untilAsserted(() -> assertThat(files()).hasSize(1));
		}

		await().untilAsserted(() -> assertThat(files()).isEmpty());
	}

	@Test
	void nestedParametersAreThoseOfSpring() throws Exception {
		String form = "name=Ann&address.city=Basel&tags%5B0%5D=a&tags%5B1%5D=b";
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket,
					"POST /person HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
							+ "Content-Length: " + form.length() + "\r\n\r\n" + form);

			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("Ann, Basel, [a, b]");
		}
	}

	private static String head(long length) {
		return "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=limit\r\n"
				+ "Content-Length: " + length + "\r\n\r\n";
	}

	private static List<Path> files() throws IOException {
		try (Stream<Path> all = Files.walk(folder)) {
			return all.filter(Files::isRegularFile).toList();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	@RestController
	static class Application {

		@PostMapping("/upload")
		Mono<String> upload(@RequestPart FilePart file) throws IOException {
			SEEN.add(files());
			return file.content().map((buffer) -> {
				int count = buffer.readableByteCount();
				DataBufferUtils.release(buffer);
				return count;
			}).reduce(0, Integer::sum).map((length) -> length + " bytes");
		}

		@PostMapping("/person")
		String person(@ModelAttribute Person person) {
			return person.name() + ", " + person.address().city() + ", " + person.tags();
		}

	}

	private record Person(String name, Address address, List<String> tags) {

	}

	private record Address(String city) {

	}

}
