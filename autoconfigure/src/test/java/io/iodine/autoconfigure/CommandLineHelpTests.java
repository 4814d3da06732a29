package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The help of the command line, which ends the process. */
class CommandLineHelpTests {

	@ParameterizedTest
	@ValueSource(strings = { "-h", "-?" })
	void theHelpIsPrintedWithDefaultsAndTheProcessEndsWithZero(String flag) throws Exception {
		Process process = start(flag);
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).as(output).isZero();
			for (CommandLineFlag known : CommandLineFlag.values()) {
				assertThat(output.lines().filter((line) -> line.startsWith("  " + known.flag() + " "))).singleElement()
					.asString()
					.contains("(" + known.property() + ", default ");
			}
			assertThat(output).doesNotContain("started by");
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Process start(String flag) throws IOException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
				Main.class.getName(), flag);
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(IodineAutoConfiguration.class)
	static class Main {

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Main.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.run(args);
			System.out.println("started by " + String.join(" ", args));
		}

	}

}
