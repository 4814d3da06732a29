package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What has no effect in a Spring MVC application fails its start, and all else has one.
 */
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
	void eachFailsTheStartAndIsNamedWithItsRemedy(Map.Entry<String, String> row) {
		assertThatExceptionOfType(InvalidIodinePropertyException.class).isThrownBy(() -> check(row.getKey(), "epoll"))
			.withMessageStartingWith(row.getKey() + " is epoll, but must be ")
			.withMessageContaining(row.getValue());
	}

	@Test
	void aVariableOfTheEnvironmentCountsToo() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("IODINE_HTTP_MAXHEADERS", "7")));

		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(new IneffectiveProperties(environment)::afterSingletonsInstantiated)
			.withMessageContaining("iodine.http.max-headers");
	}

	@ParameterizedTest
	@CsvSource({ "iodine.transport, auto", "iodine.transport, NIO", "iodine.http.enabled, true", "iodine.workers, 2" })
	void aValueThatIsUsedIsAccepted(String name, String value) {
		assertThatNoException().isThrownBy(() -> check(name, value));
	}

	@Test
	void anApplicationDoesNotStartWithOne() {
		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> TestServer.start(List.of(), "test.server=tomcat", "iodine.http.max-headers=7"))
			.withMessageContaining("server.max-http-request-header-size");
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
