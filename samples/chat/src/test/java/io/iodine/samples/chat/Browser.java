package io.iodine.samples.chat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The Chromium of this machine, driven by the scripts of {@code src/test/browser}. */
final class Browser {

	private static final Path SCRIPTS = Path.of("src", "test", "browser");

	private Browser() {
	}

	/** Finds it. */
	static Path chromium() {
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

	/** Installs what drives it, as the lock file says. */
	static void installDriver() throws IOException, InterruptedException {
		run("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
	}

	/** Runs a command in the folder of the scripts, to its end. */
	static void run(String... command) throws IOException, InterruptedException {
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

	/**
	 * Starts a script and talks with it by lines.
	 * @param script its name
	 * @param args its arguments
	 * @return it, running
	 */
	static Process start(String script, String... args) throws IOException {
		List<String> command = new ArrayList<>(List.of("node", script));
		command.addAll(List.of(args));
		return new ProcessBuilder(command).directory(SCRIPTS.toFile()).redirectErrorStream(true).start();
	}

}
