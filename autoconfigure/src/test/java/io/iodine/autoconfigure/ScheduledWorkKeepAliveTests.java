package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.iodine.PubSub;
import io.iodine.Subscribe;
import io.iodine.task.Timers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications in processes of their own, on a class path without WebFlux, servlets and
 * web servers.
 */
class ScheduledWorkKeepAliveTests {

	private static final Pattern WEB = Pattern
		.compile(".*/(spring-(web|webflux|webmvc|boot-(webflux|webmvc|reactor-netty|tomcat|jetty|web-server|servlet))-"
				+ "|tomcat-|jetty-|jakarta\\.servlet-|reactor-netty-|tyrus-|spring-security-|spring-boot-security"
				+ "|spring-boot-starter-|micrometer-|spring-boot-(actuator|health|micrometer)).*");

	@Test
	void anApplicationWithASubscribedMethodAndATimerRunsUntilItIsStopped() throws Exception {
		Process process = start("listening");
		try (BufferedReader output = process.inputReader()) {
			assertThat(next(output, "heard ")).isEqualTo("heard tick");
			assertThat(next(output, "heard ")).isEqualTo("heard tick");
			assertThat(process.isAlive()).isTrue();

			process.destroy();

			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isEqualTo(143);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void anApplicationEndsWithItsLastTimer() throws Exception {
		Process process = start("passing");
		try (BufferedReader output = process.inputReader()) {
			assertThat(next(output, "ran")).isEqualTo("ran once");

			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void anApplicationThatHasNothingToDoEnds() throws Exception {
		Process process = start("idle");
		try {
			process.getInputStream().readAllBytes();
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Process start(String profile) throws IOException {
		String separator = System.getProperty("path.separator");
		String path = String.join(separator,
				Arrays.stream(System.getProperty("java.class.path").split(separator))
					.filter((entry) -> !WEB.matcher(entry).matches())
					.toList());
		return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path, Application.class.getName(),
				"--spring.profiles.active=" + profile))
			.redirectErrorStream(true)
			.start();
	}

	private static String next(BufferedReader output, String begin) throws IOException {
		StringBuilder log = new StringBuilder();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(begin)) {
				return line;
			}
			log.append(line).append('\n');
		}
		return "The application ended: " + log;
	}

	/** An application without a web server. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] arguments) {
			SpringApplication.run(Application.class, arguments);
		}

		@Bean
		@Profile("listening")
		Ear ear() {
			return new Ear();
		}

		@Bean
		@Profile("listening")
		ApplicationRunner ticking(Timers timers, PubSub pubSub) {
			return (arguments) -> timers.runEvery(Duration.ofMillis(100), 0, () -> pubSub.publish("ticks", "tick"));
		}

		@Bean
		@Profile("passing")
		ApplicationRunner once(Timers timers) {
			return (arguments) -> timers.runAfter(Duration.ofMillis(500), () -> System.out.println("ran once"));
		}

	}

	/** Prints what it hears. */
	static final class Ear {

		@Subscribe("ticks")
		void heard(String text) {
			System.out.println("heard " + text);
		}

	}

}
