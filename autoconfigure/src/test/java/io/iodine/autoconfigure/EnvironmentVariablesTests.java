package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link EnvironmentVariables}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentVariablesTests {

	@Test
	void variablesSpeakForPropertiesThatNobodySet() {
		try (ConfigurableApplicationContext context = start(Map.of("PORT", "4711", "THREADS", "7", "WORKERS", "3"))) {
			IodineProperties properties = context.getBean(IodineProperties.class);

			assertThat(context.getEnvironment().getProperty("server.port")).isEqualTo("4711");
			assertThat(properties.threads()).isEqualTo(7);
			assertThat(properties.workers()).isEqualTo(3);
		}
	}

	@Test
	void webConcurrencyIsForWorkersWhenWorkersIsNotSet() {
		try (ConfigurableApplicationContext context = start(Map.of("WEB_CONCURRENCY", "5"))) {
			assertThat(context.getBean(IodineProperties.class).workers()).isEqualTo(5);
		}
	}

	@Test
	void workersWinsOverWebConcurrency() {
		try (ConfigurableApplicationContext context = start(Map.of("WEB_CONCURRENCY", "5", "WORKERS", "-2"))) {
			assertThat(context.getBean(IodineProperties.class).workers()).isEqualTo(-2);
		}
	}

	@Test
	void theSwitchLeavesVariablesAlone() {
		try (ConfigurableApplicationContext context = start(Map.of("PORT", "tcp://10.0.0.1:80", "THREADS", "many"),
				"--iodine.environment-variables.enabled=false")) {
			assertThat(context.getEnvironment().getProperty("server.port")).isNull();
			assertThat(context.getBean(IodineProperties.class).threads()).isZero();
		}
	}

	@Test
	void anEmptyVariableIsNoVariable() {
		try (ConfigurableApplicationContext context = start(Map.of("PORT", "", "THREADS", " "))) {
			assertThat(context.getEnvironment().getProperty("server.port")).isNull();
			assertThat(context.getBean(IodineProperties.class).threads()).isZero();
		}
	}

	@Test
	void anArgumentWins() {
		try (ConfigurableApplicationContext context = start(Map.of("PORT", "4711", "THREADS", "7"),
				"--server.port=8081", "--iodine.threads=9")) {
			assertThat(context.getEnvironment().getProperty("server.port")).isEqualTo("8081");
			assertThat(context.getBean(IodineProperties.class).threads()).isEqualTo(9);
		}
	}

	@Test
	void theVariableOfThePropertyItselfWins() {
		try (ConfigurableApplicationContext context = start(Map.of("THREADS", "7", "IODINE_THREADS", "9"))) {
			assertThat(context.getBean(IodineProperties.class).threads()).isEqualTo(9);
		}
	}

	@Test
	void aDefaultOfTheApplicationWins() {
		SpringApplication application = application(Map.of("THREADS", "7"));
		application.setDefaultProperties(Map.of("iodine.threads", "9", "own", "kept"));

		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getBean(IodineProperties.class).threads()).isEqualTo(9);
			assertThat(context.getEnvironment().getProperty("own")).isEqualTo("kept");
		}
	}

	@Test
	void aPropertySourceAnnotationWins() {
		SpringApplication application = application(Map.of("THREADS", "7", "WORKERS", "3"));
		application.addPrimarySources(List.of(WithPropertySource.class));

		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getBean(IodineProperties.class).threads()).isEqualTo(9);
			assertThat(context.getBean(IodineProperties.class).workers()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@CsvSource({ "PORT, http", "PORT, 65536", "PORT, -1", "THREADS, 32768", "THREADS, 1e3", "WORKERS, 1025",
			"WEB_CONCURRENCY, 99999999999" })
	void aBadNumberFailsStartUpNamingTheVariable(String variable, String value, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(Map.of(variable, value)));

		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The environment variable '" + variable + "' has the value '" + value + "'")
			.contains("Set '" + variable + "' to a number from");
	}

	@Test
	void aBadNumberOfAVariableThatIsNotNeededIsIgnored() {
		try (ConfigurableApplicationContext context = start(Map.of("THREADS", "many"), "--iodine.threads=9")) {
			assertThat(context.getBean(IodineProperties.class).threads()).isEqualTo(9);
		}
	}

	@Test
	void nothingIsReadWhenDisabled() {
		try (ConfigurableApplicationContext context = start(Map.of("PORT", "4711"), "--iodine.enabled=false")) {
			assertThat(context.getEnvironment().getProperty("server.port")).isNull();
		}
	}

	private static ConfigurableApplicationContext start(Map<String, Object> variables, String... arguments) {
		return application(variables).run(arguments);
	}

	private static SpringApplication application(Map<String, Object> variables) {
		ConfigurableEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setEnvironment(environment);
		return application;
	}

	@ImportAutoConfiguration(IodineAutoConfiguration.class)
	static class Application {

	}

	@PropertySource("classpath:io/iodine/autoconfigure/nine-threads.properties")
	static class WithPropertySource {

	}

}
