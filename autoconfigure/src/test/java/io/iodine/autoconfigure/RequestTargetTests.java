package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each line of {@code request-targets.txt}, sent byte by byte: a file of the root, the
 * application's answer, or a refusal, and never what lies outside.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RequestTargetTests {

	private static final String SECRET = "the secret";

	private static final Map<String, String> FILES = Map.ofEntries(Map.entry("index", "index.html"),
			Map.entry("file", "file.txt"), Map.entry("inner", "sub/inner.txt"), Map.entry("subindex", "sub/index.html"),
			Map.entry("space", "a b.txt"), Map.entry("plus", "a+b.txt"), Map.entry("percent", "100%.txt"),
			Map.entry("umlaut", "\u00fc.txt"), Map.entry("wellknown", ".well-known/security.txt"),
			Map.entry("coded", "coded.css"), Map.entry("codedgz", "coded.css.gz"), Map.entry("leak", "leak.css"));

	@TempDir
	static Path folder;

	FileServer server;

	@BeforeAll
	void start() throws IOException, InterruptedException {
		Path root = Files.createDirectory(folder.resolve("root"));
		write("secret.txt", SECRET);
		write("root-backup/secret.txt", SECRET);
		for (Map.Entry<String, String> file : FILES.entrySet()) {
			write("root/" + file.getValue(), file.getKey());
		}
		for (String hidden : List.of(".hidden", ".env", ".htaccess", "sub/.hidden", ".ssh/id", ".../x", "..file",
				".well-knownx", ".well-known/.hidden", "sub/.well-known/x")) {
			write("root/" + hidden, SECRET);
		}
		Files.createDirectory(root.resolve("empty"));
		Files.createSymbolicLink(root.resolve("link.txt"), Path.of("../secret.txt"));
		Files.createSymbolicLink(root.resolve("linkdir"), Path.of(".."));
		Files.createSymbolicLink(root.resolve("leak.css.gz"), Path.of("../secret.txt"));
		Files.createSymbolicLink(root.resolve("inside.txt"), Path.of("file.txt"));
		Files.createSymbolicLink(root.resolve("hiddenlink"), Path.of(".hidden"));
		Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
		Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
		Files.createSymbolicLink(root.resolve("zero"), Path.of("/dev/zero"));
		assertThat(new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start().waitFor()).isZero();
		this.server = FileServer.serving(root);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest(name = "{0}: {1}")
	@MethodSource("lines")
	void aTargetNamesAFileOfTheRootOrNone(String outcome, String target) throws IOException {
		for (String door : new String[] { "the route", "the lane" }) {
			Answer answer = ask(target);

			assertThat(answer.body()).as(door).doesNotContain(SECRET).doesNotContain("root:");
			switch (outcome) {
				case "app" -> assertThat(answer.status() + answer.body()).isEqualTo(404 + FileServer.APPLICATION);
				case "none" -> assertThat(answer.status()).isBetween(400, 404);
				case "400" -> assertThat(answer.status()).as(door).isEqualTo(400);
				default -> assertThat(answer.status() + answer.body()).as(door).isEqualTo(200 + outcome);
			}
		}
	}

	private Answer ask(String target) throws IOException {
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket, FileServer.request("GET", target, "Accept-Encoding: gzip;q=0"));
			return FileServer.read(socket.getInputStream(), false);
		}
	}

	private void write(String name, String content) throws IOException {
		Path file = folder.resolve(name);
		Files.createDirectories(Objects.requireNonNull(file.getParent(), "every file has a folder"));
		Files.writeString(file, content);
		Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(TimeUnit.HOURS.toSeconds(1))));
	}

	static Stream<Arguments> lines() throws IOException {
		try (InputStream in = Objects.requireNonNull(
				RequestTargetTests.class.getResourceAsStream("request-targets.txt"), "the table is a resource")) {
			List<Arguments> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
				.filter((line) -> !line.startsWith("# "))
				.map((line) -> line.split("\t", 2))
				.map((columns) -> Arguments.of(columns[0], bytes(columns[1])))
				.toList();
			assertThat(lines).hasSizeGreaterThanOrEqualTo(120);
			return lines.stream();
		}
	}

	/** {@code \xNN} is a byte, {@code \\} a backslash. */
	private static String bytes(String written) {
		return Pattern.compile("\\\\(x([0-9a-f]{2})|\\\\)").matcher(written).replaceAll((escape) -> {
			String hex = escape.group(2);
			return Matcher.quoteReplacement((hex != null) ? String.valueOf((char) Integer.parseInt(hex, 16)) : "\\");
		});
	}

}
