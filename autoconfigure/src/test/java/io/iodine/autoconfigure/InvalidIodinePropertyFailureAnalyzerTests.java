package io.iodine.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link InvalidIodinePropertyFailureAnalyzer}, by the report that a start
 * leaves.
 */
@ExtendWith(OutputCaptureExtension.class)
class InvalidIodinePropertyFailureAnalyzerTests {

	@ParameterizedTest
	@CsvSource({ "iodine.workers, 1025", "iodine.workers, -1025", "iodine.workers, -2147483648",
			"iodine.threads, 32768", "iodine.threads, -1025", "iodine.timeout, PT-1S",
			"iodine.http.max-connections, -1", "iodine.connections.min-free-descriptors, -1",
			"iodine.ping-interval, PT-1S", "iodine.max-message-size, 0", "iodine.upgrade-timeout, PT0S",
			"iodine.shutdown.timeout, PT-1S", "iodine.shutdown.readiness-delay, PT-1S", "iodine.shutdown.batch-size, 0",
			"iodine.shutdown.batch-interval, PT-1S", "iodine.shutdown.retry, PT25H",
			"iodine.shutdown.retry-jitter, PT-1S", "iodine.send-queue.max-messages, 0", "iodine.send-queue.max-size, 0",
			"iodine.receive-queue.max-messages, 0", "iodine.pubsub.listener.max-pending, 0",
			"iodine.compression.level, 10", "server.port, 99999", "server.port, -2", "server.port, 99999999999",
			"management.server.port, 65536" })
	void anImpossibleValueFailsStartUpNamingThePropertyTheValueAndTheRemedy(String property, String value,
			CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);

		assertThatException().isThrownBy(() -> application.run("--" + property + "=" + value));

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The property '" + property + "' has the value '" + value + "', which it can't have.")
			.contains("Set '" + property + "' to a ");
	}

	@Test
	void aWordInsteadOfANumberFailsStartUpNamingTheProperty(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);

		assertThatException().isThrownBy(() -> application.run("--iodine.threads=many"));

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: iodine.threads")
			.contains("Value: \"many\"");
	}

	@ImportAutoConfiguration(IodineAutoConfiguration.class)
	static class Application {

	}

}
