package io.iodine.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.iodine.SendFile;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files ahead of a servlet application, and files that its responses name. */
@ParameterizedClass
@ValueSource(strings = { "tomcat", "jetty" })
@SuppressWarnings("NullAway.Init")
class ServletFilesTests {

	private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";

	@TempDir
	private static Path folder;

	private static TestServer server;

	private final String container;

	private RawPeer peer;

	ServletFilesTests(String container) {
		this.container = container;
	}

	@BeforeParameterizedClassInvocation
	static void start(String container) throws IOException {
		Files.createDirectories(folder.resolve("public"));
		Files.createDirectories(folder.resolve("private"));
		Files.writeString(folder.resolve("public/page.txt"), "0123456789");
		Files.writeString(folder.resolve("private/report.txt"), "for readers");
		Files.writeString(folder.resolve("public/.env"), "secret");
		Files.writeString(folder.resolve("public/404.html"), "<h1>nothing here</h1>");
		Files.writeString(folder.resolve("public/500.html"), "<h1>our fault</h1>");
		server = TestServer.start(List.of(Pages.class), "test.server=" + container,
				"iodine.static.root=" + folder.resolve("public"), "iodine.static.path=/files",
				"iodine.static.send-file-root=" + folder.resolve("private"),
				"logging.level.io.iodine.autoconfigure=warn");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void connect() {
		this.peer = new RawPeer(server.port());
	}

	@AfterEach
	void leave() {
		this.peer.close();
	}

	@Test
	void publicFilesHaveValidatorsAndRanges() {
		Head whole = this.peer.get("/files/page.txt").expect(200);
		assertThat(body(10)).isEqualTo("0123456789");
		assertThat(whole.header("content-length")).isEqualTo("10");

		Head part = this.peer.get("/files/page.txt", "Range: bytes=2-4").expect(206);
		assertThat(part.header("content-range")).isEqualTo("bytes 2-4/10");
		assertThat(body(3)).isEqualTo("234");

		this.peer.get("/files/page.txt", "If-None-Match: " + whole.header("etag")).expect(304);
	}

	@Test
	void whatIsNoFileGoesToTheApplication() {
		this.peer.get("/files/none.txt").expect(404);
	}

	@Test
	void theContainerDoesNotServeThePublicDirectoryASecondTime() {
		this.peer.get("/.env").expect(404);
	}

	@Test
	void privateFilesInTheDocumentRootFailTheStart() {
		assertThatThrownBy(() -> TestServer.start(List.of(Pages.class), "test.server=" + this.container,
				"iodine.static.send-file-root=" + folder.resolve("public"), "logging.level.root=off"))
			.rootCause()
			.hasMessageContaining("iodine.static.send-file-root is " + folder.resolve("public"))
			.hasMessageContaining("outside the document root of the web server");
	}

	@Test
	void aControllerMayReturnAFile() {
		Head head = this.peer.get("/returned").expect(200);

		assertThat(body(11)).isEqualTo("for readers");
		assertThat(head.header("etag")).isNotEmpty();
		assertThat(head.header("x-sendfile")).isEmpty();
	}

	@Test
	void aResponseMayNameAFileInThePlaceOfItsBody() {
		Head head = this.peer.get("/named").expect(200);

		assertThat(body(11)).isEqualTo("for readers");
		assertThat(head.header("x-given")).isEqualTo("stays");
		assertThat(head.header("content-length")).isEqualTo("11");
	}

	@Test
	void aFileOutsideTheRootIsNotFound() {
		this.peer.get("/outside").expect(404);
	}

	@Test
	void errorsOfTheApplicationShowThePageOfTheirStatus() {
		Head missing = this.peer.get("/nowhere", BROWSER, "If-None-Match: *", "Range: bytes=0-1").expect(404);
		assertThat(body(21)).isEqualTo("<h1>nothing here</h1>");
		assertThat(missing.header("content-type")).startsWith("text/html");
		assertThat(missing.header("cache-control")).isEqualTo("no-store");
		assertThat(missing.header("content-length")).isEqualTo("21");

		this.peer.request("HEAD", "/nowhere", BROWSER).expect(404);
		this.peer.get("/broken", BROWSER).expect(500);
		assertThat(body(18)).isEqualTo("<h1>our fault</h1>");
	}

	@Test
	void clientsThatWantNoHtmlGetTheAnswerOfTheApplication() {
		Head json = this.peer.get("/nowhere", "Accept: application/json").expect(404);

		assertThat(json.header("content-type")).startsWith("application/json");
	}

	@Test
	void anAnswerThatIsNoErrorStays() {
		this.peer.get("/gone", BROWSER).expect(404);

		assertThat(body(4)).isEqualTo("gone");
	}

	@Test
	void errorPagesCanBeTurnedOff() {
		try (TestServer other = TestServer.start(List.of(Pages.class), "test.server=" + this.container,
				"iodine.static.root=" + folder.resolve("public"), "iodine.static.error-pages=false");
				RawPeer client = new RawPeer(other.port())) {
			client.get("/nowhere", BROWSER, "Connection: close").expect(404);

			assertThat(client.rest()).contains("Whitelabel");
		}
	}

	private String body(int length) {
		return new String(this.peer.octets(length), StandardCharsets.US_ASCII);
	}

	@RestController
	static class Pages {

		@Bean
		WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> documentRoot() {
			return (factory) -> factory.setDocumentRoot(folder.resolve("public").toFile());
		}

		@GetMapping("/broken")
		String broken() {
			throw new IllegalStateException("broken on purpose");
		}

		@GetMapping("/gone")
		ResponseEntity<String> gone() {
			return ResponseEntity.status(404).body("gone");
		}

		@GetMapping("/returned")
		SendFile returned() {
			return SendFile.of("report.txt");
		}

		@GetMapping("/named")
		String named(HttpServletResponse response) {
			response.setHeader("X-Given", "stays");
			response.setHeader("X-Sendfile", "report.txt");
			return "not to be seen";
		}

		@GetMapping("/outside")
		SendFile outside() {
			return SendFile.of("../public/page.txt");
		}

	}

}
