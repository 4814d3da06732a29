package io.iodine.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The folder as the original takes it on the command line. */
class FolderFlagTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "-www ./public | ./public", "-www=./public | ./public", "first -www /srv/a,b last | /srv/a,b",
					"-www=a -www=b | a", "-www=a --iodine.static.root=b | b", "--iodine.static.root=b -www a | b",
					"-wwww a |", "--other=1 first |", "-www=a --iodine.enabled=false |" })
	void theArgumentSpeaksForTheProperty(String line, @Nullable String root) {
		assertThat(rootAfter(application(), line.split(" ", -1))).isEqualTo(root);
	}

	@Test
	void theArgumentWinsOverConfiguration() {
		SpringApplication application = application();
		application.setDefaultProperties(Map.of("iodine.static.root", "configured"));

		assertThat(rootAfter(application, "-www", "given")).isEqualTo("given");
	}

	@Test
	void anApplicationThatTakesNoPropertiesFromTheCommandLineKeepsItsArguments() {
		SpringApplication application = application();
		application.setAddCommandLineProperties(false);

		assertThat(rootAfter(application, "-www", "given")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-www", "-www=", "-www --server.port=0" })
	void anArgumentWithoutAFolderFailsTheStart(String line) {
		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> rootAfter(application(), line.split(" ", -1)))
			.withMessageContaining("-www")
			.withMessageContaining("iodine.static.root");
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(Object.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

	private static @Nullable String rootAfter(SpringApplication application, String... args) {
		try (ConfigurableApplicationContext context = application.run(args)) {
			return context.getEnvironment().getProperty("iodine.static.root");
		}
	}

}
