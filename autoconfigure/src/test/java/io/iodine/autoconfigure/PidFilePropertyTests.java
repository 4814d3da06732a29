package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the PID file of a process without a cluster. */
class PidFilePropertyTests {

	@TempDir
	private Path directory;

	@Test
	void theFileHasTheIdOfTheProcessUntilItEnds() throws Exception {
		Path file = this.directory.resolve("app.pid");

		Ended process = run(file);

		assertThat(process.status()).as(process.output()).isZero();
		assertThat(process.output().lines()).contains("the file has " + process.pid());
		assertThat(file).doesNotExist();
	}

	@Test
	void aFileThatCannotBeWrittenFailsTheStartAndIsNamed() throws Exception {
		Ended process = run(this.directory.resolve("none/app.pid"));

		assertThat(process.status()).as(process.output()).isOne();
		assertThat(process.output())
			.contains("Set 'iodine.pid-file' to a file that can be written", "none does not exist")
			.doesNotContain("the file has");
	}

	private static Ended run(Path file) throws IOException, InterruptedException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
				Main.class.getName(), "--iodine.pid-file=" + file);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			return new Ended(process.pid(), process.exitValue(), output);
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * A process that has ended.
	 *
	 * @param pid its id
	 * @param status its exit status
	 * @param output what it has printed
	 */
	private record Ended(long pid, int status, String output) {
	}

	/** The application of the process, whose output is its result. */
	@Configuration(proxyBeanMethods = false)
	static class Main {

		public static void main(String[] args) throws IOException {
			SpringApplication application = new SpringApplication(Main.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			String file = application.run(args).getEnvironment().getRequiredProperty("iodine.pid-file");
			System.out.println("the file has " + Files.readString(Path.of(file)).strip());
		}

	}

}
