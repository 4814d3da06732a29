package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartReport}, by what a whole application logs.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartReportTests {

	@Test
	void oneLineSaysTransportWorkersThreadsAndPaths(CapturedOutput output) {
		start(Handlers.class, "--iodine.workers=2", "--iodine.threads=7");

		assertThat(output.toString().lines().filter((line) -> line.contains("StartReport"))).singleElement()
			.asString()
			.contains("INFO")
			.containsPattern(
					"iodine.*: (epoll|kqueue|nio), 2 workers x 7 threads, up to \\d+ descriptors, keep-alive 75 s, "
							+ "on port \\d+ as process " + ProcessHandle.current().pid() + ", upgrades on .*/chat");
	}

	@Test
	void theNumberOfConnectionsIsSaidWhenItIsBounded(CapturedOutput output) {
		start(Handlers.class, "--iodine.connections.max=1000");

		assertThat(output).contains(" threads, up to 1000 connections, keep-alive 75 s, on port ");
	}

	@Test
	void theReportComesWithLazyInitializationToo(CapturedOutput output) {
		start(Handlers.class, "--spring.main.lazy-initialization=true");

		assertThat(output).containsOnlyOnce("upgrades on ");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreNotCounted(CapturedOutput output) {
		start(Handlers.class, "--iodine.callbacks=virtual");

		assertThat(output).contains(" workers x virtual threads, ");
	}

	@Test
	void threadsOfTheApplicationsOwnAreNamed(CapturedOutput output) {
		start(OwnThreads.class);

		assertThat(output).contains(" x threads of CallerRuns, ", ", upgrades on no path");
	}

	@Test
	void aShutdownThatItsPhaseWouldCutShortIsWarnedOfOnce(CapturedOutput output) {
		start(Handlers.class, "--iodine.shutdown.timeout=20s", "--spring.lifecycle.timeout-per-shutdown-phase=15s");

		assertThat(output).containsOnlyOnce("iodine.shutdown.timeout is 20s, but "
				+ "spring.lifecycle.timeout-per-shutdown-phase ends it after 15s");
	}

	@Test
	void aShutdownLongerThanThePhasesDefaultIsWarnedOf(CapturedOutput output) {
		start(Handlers.class, "--iodine.shutdown.timeout=31s");

		assertThat(output).contains("ends it after 30s");
	}

	@Test
	void aShutdownThatFitsItsPhaseIsNotWarnedOf(CapturedOutput output) {
		start(Handlers.class, "--iodine.shutdown.timeout=30s");

		assertThat(output).doesNotContain("ends it after");
	}

	private static void start(Class<?> application, String... arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
			.web(WebApplicationType.REACTIVE)
			.properties("server.port=0", "spring.reactor.netty.shutdown-quiet-period=0s")
			.run(arguments)) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Handlers {

		@Bean
		@UpgradeHandler("/chat")
		ConnectionHandler chat() {
			return new ConnectionHandler() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnThreads {

		@Bean
		Executor iodineCallbackExecutor() {
			return new CallerRuns();
		}

	}

	static final class CallerRuns implements Executor {

		@Override
		public void execute(Runnable task) {
			task.run();
		}

	}

}
