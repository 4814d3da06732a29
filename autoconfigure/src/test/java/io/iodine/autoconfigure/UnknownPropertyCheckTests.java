package io.iodine.autoconfigure;

import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Properties that nothing reads are not ignored in silence. */
@ExtendWith(OutputCaptureExtension.class)
class UnknownPropertyCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource({ "iodine.max-mesage-size,iodine.max-message-size", "iodine.statics.root,iodine.static.root",
			"iodine.connections.max-per-adress,iodine.connections.max-per-address",
			"iodine.compression,iodine.compression.enabled" })
	void aMisspeltPropertyFailsTheStartAndNamesTheNearest(String misspelt, String meant) {
		this.runner.withPropertyValues(misspelt + "=1").run((context) -> {
			assertThat(context).hasFailed();
			Throwable failure = Objects.requireNonNull(context.getStartupFailure());
			FailureAnalysis analysis = new UnknownIodinePropertyFailureAnalyzer().analyze(failure);
			assertThat(analysis).isNotNull();
			assertThat(Objects.requireNonNull(analysis).getDescription()).contains("'" + misspelt + "'");
			assertThat(analysis.getAction()).contains("Did you mean '" + meant + "'?");
		});
	}

	@Test
	void whatIsLikeNothingFailsToo() {
		this.runner.withPropertyValues("iodine.colour=red")
			.run((context) -> assertThat(context).getFailure().hasMessage("iodine.colour is no property of iodine"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iodine.max-message-size=1KB", "iodine.maxMessageSize=1KB",
			"iodine.allowed-origins[0]=https://a.example", "iodine.static.headers.X-Own=1",
			"iodine.static.cache-control[/a/**]=no-store", "iodine.static.media-types.own=a/b", "other.iodine.a=1" })
	void knownPropertiesPass(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void theCheckCanBeSwitchedOff() {
		this.runner.withPropertyValues("iodine.unknown-properties.fail=false", "iodine.colour=red")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aVariableThatIsLikeAPropertyIsWarnedOf(CapturedOutput output) {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test",
						Map.of("IODINE_MAX_MESAGE_SIZE", "1KB", "IODINE_PUBSUB_HISTORY_SIZE", "7",
								"IODINE_STATIC_HEADERS_X_OWN", "1", "IODINE_SERVICE_PORT_8080_TCP_ADDR", "10.0.0.1"))))
			.run((context) -> assertThat(context).hasNotFailed());

		assertThat(output).contains("IODINE_MAX_MESAGE_SIZE")
			.contains("The nearest property is iodine.max-message-size");
		assertThat(output).doesNotContain("IODINE_PUBSUB_HISTORY_SIZE", "IODINE_STATIC_HEADERS", "IODINE_SERVICE");
	}

}
