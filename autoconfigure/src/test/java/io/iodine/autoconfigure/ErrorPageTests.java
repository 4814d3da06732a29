package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** Pages of the public folder for errors of the application. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init")
class ErrorPageTests {

	private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";

	@TempDir
	private Path folder;

	private FileServer server;

	@BeforeEach
	void start() throws Exception {
		Files.writeString(this.folder.resolve("404.html"), "<h1>nothing here</h1>");
		Files.writeString(this.folder.resolve("500.html"), "<h1>our fault</h1>");
		this.server = FileServer.start(List.of(Application.class), "iodine.static.root=" + this.folder);
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void errorsOfTheApplicationShowThePageOfTheirStatus(CapturedOutput output) throws Exception {
		Answer missing = this.server.get("/nowhere", BROWSER, "If-None-Match: *", "Range: bytes=0-1");
		Answer broken = this.server.get("/broken", BROWSER);

		assertThat(missing.status()).isEqualTo(404);
		assertThat(missing.body()).isEqualTo("<h1>nothing here</h1>");
		assertThat(missing.header("content-type")).startsWith("text/html");
		assertThat(missing.header("cache-control")).isEqualTo("no-store");
		assertThat(broken.status()).isEqualTo(500);
		assertThat(broken.body()).isEqualTo("<h1>our fault</h1>");
		assertThat(output).contains("broken on purpose");
		assertThat(this.server.send("HEAD", "/nowhere", BROWSER).status()).isEqualTo(404);
	}

	@Test
	void clientsThatWantNoHtmlGetTheAnswerOfTheApplication() throws Exception {
		assertThat(this.server.get("/nowhere", "Accept: application/json").body()).contains("\"status\":404");
		assertThat(this.server.get("/nowhere", "Accept: */*").body()).contains("\"status\":404");
	}

	@Test
	void anAnswerThatIsNoErrorStays() throws Exception {
		assertThat(this.server.get("/gone", BROWSER).body()).isEqualTo("gone, said the application");
	}

	@Test
	void withoutAPageTheApplicationAnswers() throws Exception {
		Files.delete(this.folder.resolve("404.html"));
		try (FileServer other = FileServer.start(List.of(Application.class), "iodine.static.root=" + this.folder)) {
			assertThat(other.get("/nowhere", BROWSER).body()).contains("Whitelabel");
		}
		try (FileServer other = FileServer.start(List.of(Application.class), "iodine.static.root=" + this.folder,
				"iodine.static.error-pages=false")) {
			assertThat(other.get("/broken", BROWSER).body()).contains("Whitelabel");
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	@RestController
	static class Application {

		@GetMapping("/broken")
		String broken() {
			throw new IllegalStateException("broken on purpose");
		}

		@GetMapping("/gone")
		ResponseEntity<String> gone() {
			return ResponseEntity.status(404).body("gone, said the application");
		}

	}

}
