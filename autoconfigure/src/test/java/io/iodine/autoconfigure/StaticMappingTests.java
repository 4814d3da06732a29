package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which requests find which file: mounts, suffixes, single pages, error pages. */
@SuppressWarnings("NullAway.Init")
class StaticMappingTests {

	private static final String[] NAVIGATION = { "Accept: text/html,application/xhtml+xml,*/*;q=0.8" };

	@TempDir
	Path root;

	@BeforeEach
	void files() throws IOException {
		Files.writeString(this.root.resolve("index.html"), "index");
		Files.writeString(this.root.resolve("about.html"), "about");
		Files.createDirectory(this.root.resolve("docs"));
		Files.writeString(this.root.resolve("docs/index.html"), "docs");
		Files.writeString(this.root.resolve("400.html"), "page of 400");
		Files.writeString(this.root.resolve("404.html"), "page of 404");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/assets/**", "/assets/", "/assets" })
	void aRootIsMappedBelowAPath(String path) throws IOException {
		try (FileServer server = FileServer.serving(this.root, "iodine.static.path=" + path)) {
			assertThat(server.get("/assets/about.html").body()).isEqualTo("about");
			assertThat(server.get("/assets/").body()).isEqualTo("index");
			assertThat(server.get("/assets/docs/").body()).isEqualTo("docs");
			for (String outside : new String[] { "/about.html", "/", "/assets", "/assetsabout.html",
					"/assets/../about.html", "/docs/" }) {
				assertThat(server.get(outside).body()).as(outside).isEqualTo(FileServer.APPLICATION);
			}
		}
	}

	@Test
	void theSuffixMayBeLeftOut() throws IOException {
		try (FileServer server = FileServer.serving(this.root, "iodine.static.html-suffix=true")) {
			Answer answer = server.get("/about");

			assertThat(answer.body()).isEqualTo("about");
			assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
			assertThat(server.get("/about.html").body()).isEqualTo("about");
			assertThat(server.get("/about/").body()).isEqualTo(FileServer.APPLICATION);
			assertThat(server.get("/docs").body()).isEqualTo(FileServer.APPLICATION);
			Files.writeString(this.root.resolve("thing.html.html"), "thing");
			assertThat(server.get("/thing.html").body()).isEqualTo(FileServer.APPLICATION);
		}
	}

	@Test
	void aSiblingAloneServesClientsThatTakeItsCoding() throws IOException {
		Files.writeString(this.root.resolve("lone.js.gz"), "gzipped");
		try (FileServer server = FileServer.serving(this.root)) {
			for (int request = 0; request < 3; request++) {
				Answer answer = server.get("/lone.js", "Accept-Encoding: gzip");

				assertThat(answer.body()).isEqualTo("gzipped");
				assertThat(answer.header("content-encoding")).isEqualTo("gzip");
				assertThat(answer.header("content-type")).isEqualTo("text/javascript; charset=utf-8");
				assertThat(answer.header("vary")).isEqualToIgnoringCase("accept-encoding");
				assertThat(server.get("/lone.js").body()).isEqualTo(FileServer.APPLICATION);
				assertThat(server.get("/lone.js", "Accept-Encoding: br").body()).isEqualTo(FileServer.APPLICATION);
			}
		}
	}

	@Test
	void whatIsSaidOfAnIndexReachesItsDirectory() throws IOException {
		try (FileServer server = FileServer.serving(this.root, "iodine.static.cache-control[/index.html]=no-cache",
				"iodine.static.cache-control[/docs/**]=no-store", "iodine.static.max-age=5m")) {
			assertThat(server.get("/").header("cache-control")).isEqualTo("no-cache");
			assertThat(server.get("/index.html").header("cache-control")).isEqualTo("no-cache");
			assertThat(server.get("/docs/").header("cache-control")).isEqualTo("no-store");
			assertThat(server.get("/about.html").header("cache-control")).isEqualTo("max-age=300");
		}
	}

	@Test
	void headersAndMediaTypesAreAsConfigured() throws IOException {
		Files.writeString(this.root.resolve("data.custom"), "data");
		try (FileServer server = FileServer.serving(this.root, "iodine.static.headers.X-Robots-Tag=noindex",
				"iodine.static.headers.Vary=Origin", "iodine.static.media-types.custom=application/x-custom",
				"iodine.static.media-types..HTML=text/x-own")) {
			for (int request = 0; request < 3; request++) {
				Answer custom = server.get("/data.custom");

				assertThat(custom.header("content-type")).isEqualTo("application/x-custom");
				assertThat(custom.header("x-robots-tag")).isEqualTo("noindex");
				assertThat(custom.header("vary")).isEqualTo("Origin");
			}
			assertThat(server.get("/about.html").header("content-type")).isEqualTo("text/x-own");
		}
	}

	@Test
	void aTildeIsTheHomeDirectory() throws IOException {
		String home = System.getProperty("user.home");
		System.setProperty("user.home", this.root.toString());
		try (FileServer server = FileServer.serving(Path.of("~/docs"))) {
			assertThat(server.get("/").body()).isEqualTo("docs");
		}
		finally {
			System.setProperty("user.home", home);
		}
	}

	@Test
	void withoutTheSettingTheSuffixMayNotBeLeftOut() throws IOException {
		try (FileServer server = FileServer.serving(this.root)) {
			assertThat(server.get("/about").body()).isEqualTo(FileServer.APPLICATION);
		}
	}

	@Test
	void aNavigationThatFindsNoFileGetsTheSinglePage() throws IOException {
		try (FileServer server = FileServer.serving(this.root, "iodine.static.single-page=/app/**")) {
			for (int door = 0; door < 2; door++) {
				Answer answer = server.get("/app/orders/7?sort=date", NAVIGATION);

				assertThat(answer.status()).isEqualTo(200);
				assertThat(answer.body()).isEqualTo("index");
			}
			assertThat(server.get("/app/orders/7", "Accept: application/json").body())
				.isEqualTo(FileServer.APPLICATION);
			assertThat(server.get("/app/orders/7").body()).isEqualTo(FileServer.APPLICATION);
			assertThat(server.get("/elsewhere", NAVIGATION).body()).isEqualTo(FileServer.APPLICATION);
			assertThat(server.send("POST", "/app/orders", "Content-Length: 0", NAVIGATION[0]).body())
				.isEqualTo("posted");
		}
	}

	@Test
	void theSinglePageIsFoundAgainAfterItWasReplaced() throws IOException {
		try (FileServer server = FileServer.serving(this.root, "iodine.static.single-page=/app/**",
				"iodine.static.cache-size=0")) {
			server.get("/app/a", NAVIGATION);
			Files.delete(this.root.resolve("index.html"));
			Files.writeString(this.root.resolve("index.html"), "another index");

			assertThat(server.get("/app/a", NAVIGATION).body()).isEqualTo("another index");
		}
	}

	@Test
	void aBrokenTargetIsAnsweredWithThePageOfItsError() throws IOException {
		try (FileServer server = FileServer.serving(this.root)) {
			Answer answer = server.get("/%zz");

			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.body()).isEqualTo("page of 400");
			assertThat(answer.header("cache-control")).isEqualTo("no-store");
			assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
		}
	}

	@Test
	void aNamedFileThatIsNotThereIsAnsweredWithThePageOfItsError() throws IOException {
		Path named = Files.createDirectory(this.root.resolve("named"));
		try (FileServer server = FileServer.start(List.of(SendFileTests.Naming.class),
				"iodine.static.root=" + this.root, "iodine.static.send-file-root=" + named)) {
			Answer answer = server.get("/named?file=none.txt");

			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.body()).isEqualTo("page of 404");
			assertThat(answer.header("x-app")).isEqualTo("kept");
		}
	}

	@Test
	void aPipeAndADeviceAreNoFiles() throws Exception {
		Path pipe = this.root.resolve("pipe");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		Files.createSymbolicLink(this.root.resolve("device"), Path.of("/dev/zero"));

		try (FileServer server = FileServer.serving(this.root, "iodine.static.follow-symlinks=true")) {
			assertThat(server.get("/pipe").body()).isEqualTo(FileServer.APPLICATION);
			assertThat(server.get("/device").body()).isEqualTo(FileServer.APPLICATION);
		}
	}

}
