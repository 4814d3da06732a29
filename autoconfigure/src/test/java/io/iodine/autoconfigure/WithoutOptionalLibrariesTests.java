package io.iodine.autoconfigure;

import io.iodine.PubSub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Run by an execution of its own, which leaves the optional libraries off the class path.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WithoutOptionalLibrariesTests {

	private ConfigurableApplicationContext application;

	@BeforeAll
	void start() {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.REACTIVE)
			.properties("server.port=0")
			.run();
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.lettuce.core.RedisClient", "io.micrometer.context.ContextSnapshot",
			"io.micrometer.core.instrument.MeterRegistry",
			"org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.health.contributor.HealthIndicator",
			"org.springframework.security.core.Authentication", "tools.jackson.databind.ObjectMapper" })
	void theLibraryIsLeftOut(String type) {
		assertThat(ClassUtils.isPresent(type, getClass().getClassLoader())).isFalse();
	}

	@Test
	void theApplicationPublishesText() {
		PubSub pubSub = this.application.getBean(PubSub.class);

		assertThat(pubSub.publish("news", "read all about it")).isTrue();
	}

	@Test
	void publishingJsonSaysWhatIsMissing() {
		PubSub pubSub = this.application.getBean(PubSub.class);

		assertThatIllegalStateException().isThrownBy(() -> pubSub.publishJson("news", "read all about it"))
			.withMessageContaining("Jackson");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
