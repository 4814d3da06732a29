package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What has no effect in a Spring MVC application is named, and all else has one. */
@ExtendWith(OutputCaptureExtension.class)
class IneffectivePropertiesTests {

	/**
	 * What works the same on a servlet container, by the classes of tests that run there.
	 * A new property belongs here, with such a test, or in the table.
	 */
	private static final List<String> WORKING = List.of("iodine.access-log.", "iodine.actuator.", "iodine.allow",
			"iodine.browser-client.", "iodine.callbacks", "iodine.clients", "iodine.close-timeout", "iodine.cluster.",
			"iodine.command-line.", "iodine.compression.", "iodine.connections.max", "iodine.debug.", "iodine.enabled",
			"iodine.environment-variables.", "iodine.handler.", "iodine.json.", "iodine.listeners",
			"iodine.max-message-size", "iodine.named-clients.", "iodine.observations.", "iodine.on-handler-error",
			"iodine.pid-file", "iodine.ping-", "iodine.public", "iodine.pubsub.", "iodine.rate.",
			"iodine.receive-queue.", "iodine.redis.", "iodine.request-id.", "iodine.security.", "iodine.send-queue.",
			"iodine.shutdown.", "iodine.static.", "iodine.templates.", "iodine.threads", "iodine.timeout",
			"iodine.timers.", "iodine.tls.", "iodine.unknown-properties.", "iodine.upgrade-timeout", "iodine.workers");

	static Stream<Map.Entry<String, String>> table() {
		return IneffectiveProperties.INSTEAD.entrySet().stream();
	}

	@ParameterizedTest
	@MethodSource("table")
	void eachIsNamedWithItsRemedy(Map.Entry<String, String> row, CapturedOutput output) {
		check(row.getKey(), "epoll");

		assertThat(output).contains("WARN", "Instead of " + row.getKey() + " use " + row.getValue() + ". ");
	}

	@Test
	void allAreNamedInOneLine(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new MapPropertySource("test",
					Map.of("iodine.http.max-headers", "7", "iodine.static.stall-timeout", "1s")));
		new IneffectiveProperties(environment).afterSingletonsInstantiated();

		assertThat(output.toString().lines().filter((line) -> line.contains("IneffectiveProperties"))).singleElement()
			.asString()
			.contains("iodine.http.max-headers", "iodine.static.stall-timeout");
	}

	@Test
	void aVariableOfTheEnvironmentCountsToo(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("IODINE_HTTP_MAXHEADERS", "7")));
		new IneffectiveProperties(environment).afterSingletonsInstantiated();

		assertThat(output).contains("iodine.http.max-headers");
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "NIO" })
	void aTransportThatIsUsedIsNotNamed(String transport, CapturedOutput output) {
		check("iodine.transport", transport);

		assertThat(output).doesNotContain("no effect");
	}

	@Test
	void nothingConfiguredIsNothingToName(CapturedOutput output) {
		check("iodine.workers", "2");

		assertThat(output).doesNotContain("no effect");
	}

	@Test
	void everyPropertyWorksOrIsNamed() throws IOException {
		List<String> names = Stream
			.of(new PathMatchingResourcePatternResolver()
				.getResources("classpath*:META-INF/spring-configuration-metadata.json"))
			.flatMap((metadata) -> {
				try {
					return JsonMapper.shared()
						.readTree(metadata.getContentAsByteArray())
						.path("properties")
						.valueStream();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			})
			.map((property) -> property.path("name").asString())
			.filter((name) -> name.startsWith("iodine."))
			.toList();

		assertThat(names).hasSizeGreaterThan(100)
			.filteredOn((name) -> !IneffectiveProperties.INSTEAD.containsKey(name))
			.allMatch((name) -> WORKING.stream().anyMatch(name::startsWith));
		assertThat(IneffectiveProperties.INSTEAD.keySet()).isSubsetOf(names);
	}

	private static void check(String name, String value) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(name, value)));
		new IneffectiveProperties(environment).afterSingletonsInstantiated();
	}

}
