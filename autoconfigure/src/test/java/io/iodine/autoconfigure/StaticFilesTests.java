package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Files ahead of an application, asked for with a plain socket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class StaticFilesTests {

	@TempDir
	static Path root;

	FileServer server;

	@BeforeAll
	void start() throws IOException {
		Files.writeString(root.resolve("index.html"), "<h1>index</h1>");
		Files.writeString(root.resolve("style.css"), "body { color: black; }");
		Files.writeString(root.resolve("style.css.gz"), "gzipped");
		Files.writeString(root.resolve("style.css.br"), "br");
		Files.writeString(root.resolve("app-0123abcd.js"), "run()");
		Files.write(root.resolve("large.bin"), new byte[1_000_000]);
		Files.createDirectory(root.resolve("docs"));
		Files.writeString(root.resolve("docs/index.html"), "docs");
		this.server = FileServer.serving(root);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void aFileIsServedAheadOfTheApplication() throws IOException {
		Answer answer = this.server.get("/style.css?v=1");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("body { color: black; }");
		assertThat(answer.header("content-type")).isEqualTo("text/css; charset=utf-8");
		assertThat(answer.header("cache-control")).isEqualTo("max-age=3600");
		assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
		assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
		assertThat(answer.header("vary")).isEqualToIgnoringCase("accept-encoding");
		assertThat(answer.headers()).containsKeys("etag", "last-modified", "date");
	}

	@Test
	void bothDoorsSayTheSame() throws IOException {
		try (Socket socket = this.server.connect()) {
			Answer byRoute = FileServer.exchange(socket, "GET", "/style.css");
			FileServer.exchange(socket, "GET", "/style.css");
			Answer byLane = FileServer.exchange(socket, "GET", "/style.css");

			byRoute.headers().remove("date");
			byLane.headers().remove("date");
			assertThat(byLane).isEqualTo(byRoute);
		}
	}

	@Test
	void whoSaysThatThisIsTheLastRequestInASecondLineIsHeard() throws IOException {
		try (Socket socket = this.server.connect()) {
			FileServer.exchange(socket, "GET", "/style.css");

			Answer answer = FileServer.exchange(socket, "GET", "/style.css", "Connection: keep-alive",
					"Connection: close");

			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void whatIsNoFileGoesOnToTheApplication() throws IOException {
		assertThat(this.server.get("/none.css").body()).isEqualTo(FileServer.APPLICATION);
		assertThat(this.server.get("/docs").body()).isEqualTo(FileServer.APPLICATION);
		assertThat(this.server.send("POST", "/style.css", "Content-Length: 0").body()).isEqualTo("posted");
	}

	@Test
	void aDirectoryAnswersWithItsIndex() throws IOException {
		assertThat(this.server.get("/").body()).isEqualTo("<h1>index</h1>");
		assertThat(this.server.get("/docs/").body()).isEqualTo("docs");
	}

	@Test
	void requestsOfOneConnectionAreAnsweredInOrder() throws IOException {
		try (Socket socket = this.server.connect()) {
			FileServer.exchange(socket, "GET", "/style.css");

			FileServer.write(socket,
					FileServer.request("GET", "/style.css") + FileServer.request("GET", "/held")
							+ FileServer.request("GET", "/style.css") + FileServer.request("GET", "/none")
							+ FileServer.request("GET", "/docs/") + FileServer.request("GET", "/large.bin")
							+ FileServer.request("GET", "/style.css"));
			Answer first = FileServer.read(socket.getInputStream(), false);
			this.server.context().getBean(FileServer.Application.class).gate.countDown();

			assertThat(first.body()).isEqualTo("body { color: black; }");
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("held");
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("body { color: black; }");
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo(FileServer.APPLICATION);
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("docs");
			assertThat(FileServer.read(socket.getInputStream(), false).body()).hasSize(1_000_000);
			assertThat(FileServer.read(socket.getInputStream(), false).body()).isEqualTo("body { color: black; }");
		}
	}

	@Test
	void theSiblingThatTheClientLikesBestIsSent() throws IOException {
		Answer gzip = this.server.get("/style.css", "Accept-Encoding: gzip");
		Answer smallest = this.server.get("/style.css", "Accept-Encoding: gzip, br, zstd");
		Answer rejected = this.server.get("/style.css", "Accept-Encoding: gzip;q=0");
		Answer itself = this.server.get("/style.css.gz", "Accept-Encoding: gzip");

		assertThat(gzip.body()).isEqualTo("gzipped");
		assertThat(gzip.header("content-encoding")).isEqualTo("gzip");
		assertThat(gzip.header("content-type")).isEqualTo("text/css; charset=utf-8");
		assertThat(smallest.body()).isEqualTo("br");
		assertThat(rejected.headers()).doesNotContainKey("content-encoding").containsKey("vary");
		assertThat(itself.header("content-type")).isEqualTo("application/gzip");
		assertThat(itself.headers()).doesNotContainKey("content-encoding");
	}

	@Test
	void headSaysWhatGetSays() throws IOException {
		for (String target : new String[] { "/style.css", "/large.bin", "/docs/" }) {
			Answer get = this.server.get(target);
			this.server.get(target);
			for (int door = 0; door < 2; door++) {
				Answer head = this.server.send("HEAD", target);

				get.headers().remove("date");
				head.headers().remove("date");
				assertThat(head.headers()).isEqualTo(get.headers());
			}
		}
	}

	@Test
	void otherMethodsAreNotAllowedOnAFile() throws IOException {
		Answer options = this.server.send("OPTIONS", "/style.css");
		Answer delete = this.server.send("DELETE", "/style.css");

		assertThat(options.status()).isEqualTo(200);
		assertThat(options.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
		assertThat(delete.status()).isEqualTo(405);
		assertThat(delete.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
		assertThat(root.resolve("style.css")).exists();
	}

	@Test
	void aFingerprintedNameNeverChanges() throws IOException {
		assertThat(this.server.get("/app-0123abcd.js").header("cache-control"))
			.isEqualTo("public, max-age=31536000, immutable");
	}

	@Test
	void aRangeIsSentByBothDoors() throws IOException {
		for (int door = 0; door < 3; door++) {
			Answer small = this.server.get("/style.css", "Range: bytes=0-3");
			Answer large = this.server.get("/large.bin", "Range: bytes=-10");
			Answer beyond = this.server.get("/style.css", "Range: bytes=100-");

			assertThat(small.status()).isEqualTo(206);
			assertThat(small.body()).isEqualTo("body");
			assertThat(small.header("content-range")).isEqualTo("bytes 0-3/22");
			assertThat(large.header("content-range")).isEqualTo("bytes 999990-999999/1000000");
			assertThat(large.body()).hasSize(10);
			assertThat(beyond.status()).isEqualTo(416);
			assertThat(beyond.header("content-range")).isEqualTo("bytes */22");
		}
	}

	@Test
	void severalRangesAreSentInParts() throws IOException {
		for (String target : new String[] { "/style.css", "/style.css", "/style.css", "/large.bin" }) {
			Answer answer = this.server.get(target, "Range: bytes=0-3, 5-5");

			String boundary = String.valueOf(answer.header("content-type")).split("boundary=", 2)[1];
			assertThat(answer.status()).isEqualTo(206);
			assertThat(answer.header("content-type")).startsWith("multipart/byteranges");
			assertThat(answer.body()).startsWith("--" + boundary).endsWith("--" + boundary + "--\r\n");
			assertThat(answer.body().split("--" + boundary, -1)).hasSize(4);
		}
	}

	@Test
	void aConnectionThatIsToCloseIsClosed() throws IOException {
		for (int door = 0; door < 3; door++) {
			try (Socket socket = this.server.connect()) {
				Answer answer = FileServer.exchange(socket, "GET", "/style.css", "Connection: close");

				assertThat(answer.body()).isEqualTo("body { color: black; }");
				assertThat(answer.header("connection")).isEqualTo("close");
				assertThat(socket.getInputStream().read()).isEqualTo(-1);
			}
		}
	}

}
