package io.iodine.samples.files;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real Chromium, driven by {@code src/test/browser/files.test.js}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
@SuppressWarnings("NullAway.Init")
class FilesPageTests {

	private static final Path SCRIPTS = Path.of("src", "test", "browser");

	@TempDir
	static Path folder;

	@LocalServerPort
	private int port;

	/** The page's own files, in a folder to which the script adds a video. */
	@DynamicPropertySource
	static void serveCopies(DynamicPropertyRegistry properties) throws IOException {
		FileSystemUtils.copyRecursively(Path.of("src", "main", "resources", "public"), folder);
		properties.add("iodine.static.root", folder::toString);
	}

	@Test
	void chromiumLoadsSiblingsRangesAndWhatIsBehindTheLogin() throws Exception {
		String chromium = chromium().toString();
		String url = "http://localhost:" + this.port;
		run("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");

		run("node", "files.test.js", url, chromium, folder.toString());
	}

	private static Path chromium() {
		Stream<String> named = Stream.ofNullable(System.getenv("CHROMIUM"));
		Stream<String> usual = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.flatMap((folder) -> Stream.of("chromium", "chromium-browser", "google-chrome")
				.map((name) -> folder + File.separator + name));
		return Stream.concat(named, usual)
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("No Chromium found on the path: install one (Debian: "
					+ "apt-get install chromium), name one in the variable CHROMIUM, "
					+ "or leave this test out with -DskipBrowserTests"));
	}

	private static void run(String... command) throws IOException, InterruptedException {
		Path output = Files.createTempFile("browser", ".log");
		Process process = new ProcessBuilder(command).directory(SCRIPTS.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		boolean ended = process.waitFor(3, TimeUnit.MINUTES);
		process.descendants().forEach(ProcessHandle::destroy);
		process.destroy();
		assertThat(ended && process.waitFor() == 0)
			.as("%s: %s", String.join(" ", command), Files.readString(output, StandardCharsets.UTF_8))
			.isTrue();
		Files.delete(output);
	}

}
