package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests for {@link LenientJson}. */
class LenientJsonTests {

	private static final byte[] BY_HAND = "{ // who\n name: 'Ann', # how old\n age: +042, /* odd */ ratio: NaN, }"
		.getBytes(StandardCharsets.UTF_8);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class, JacksonAutoConfiguration.class));

	@Test
	void messagesMayTakeLibertiesWhenAskedTo() {
		this.runner.withPropertyValues("iodine.json.lenient=true").run((context) -> {
			assertThat(context.getBean(JsonReader.class).read(BY_HAND, Map.class))
				.isEqualTo(Map.of("name", "Ann", "age", 42, "ratio", Double.NaN));
			assertThatExceptionOfType(JacksonException.class).as("the application's own mapper")
				.isThrownBy(() -> context.getBean(JsonMapper.class).readValue(BY_HAND, Map.class));
		});
	}

	@Test
	void theyMayNotByDefault() {
		this.runner.run((context) -> assertThatExceptionOfType(JacksonException.class)
			.isThrownBy(() -> context.getBean(JsonReader.class).read(BY_HAND, Map.class)));
	}

}
