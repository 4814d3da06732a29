package io.iodine.autoconfigure;

import java.io.InputStream;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Flags of the command line, and arguments that are the application's. */
class CommandLineFlagsTests {

	@ParameterizedTest
	@CsvSource({ "-p,24011,server.port,24011", "-b,127.0.0.1,server.address,127.0.0.1", "-t,-4,iodine.threads,-4",
			"-w,2,iodine.workers,2", "-k,75,iodine.timeout,75s", "-maxbd,1,iodine.http.max-body-size,1MB",
			"-maxhd,8,iodine.http.max-header-size,8KB", "-maxms,64,iodine.max-message-size,64KB",
			"-ping,20,iodine.ping-interval,20s", "-tls-cert,a.pem,iodine.tls.certificate,a.pem",
			"-tls-key,k.pem,iodine.tls.private-key,k.pem", "-tls-pass,x,iodine.tls.private-key-password,x",
			"-r,redis://h:1,iodine.redis.url,redis://h:1", "-rp,3,iodine.pubsub.redis.ping-interval,3s",
			"-V,3,logging.level.root,warn", "-pid,run/,iodine.pid-file,run/",
			"-C,file:x.yml,spring.config.additional-location,file:x.yml", "-www,./public,iodine.static.root,./public" })
	void aFlagStandsForAProperty(String flag, String value, String property, String expected) {
		assertThat(CommandLineFlags.of(flag, value).properties()).isEqualTo(Map.of(property, expected));
		assertThat(CommandLineFlags.of(flag + "=" + value).properties()).isEqualTo(Map.of(property, expected));
	}

	@Test
	void aSwitchStandsAlone() {
		assertThat(CommandLineFlags.of("-v", "-tls", "other").properties())
			.isEqualTo(Map.of("iodine.access-log.enabled", "true", "iodine.tls.enabled", "true"));
	}

	@Test
	void warmingUpOverrulesLazyInitialization() {
		assertThat(CommandLineFlags.of("-warmup").properties())
			.isEqualTo(Map.of("spring.main.lazy-initialization", "false"));
		try (ConfigurableApplicationContext context = start(Plain.class, "-warmup")) {
			assertThat(property(context, "spring.main.lazy-initialization")).isEqualTo("false");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-p many", "-p", "-V 6", "-www -v", "-v=perhaps" })
	void aWrongValueFailsTheStartAndNamesTheFlag(String line) {
		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> start(Plain.class, line.split(" ", -1)).close())
			.withMessageContaining(line.substring(0, 2));
	}

	@Test
	void aFlagWinsOverDefaultsAndGivesWayToAnOption() {
		try (ConfigurableApplicationContext context = start(Plain.class, "-t", "7", "-w", "2", "--iodine.threads=9")) {
			assertThat(context.getEnvironment().getProperty("iodine.threads")).isEqualTo("9");
			assertThat(context.getBean(IodineProperties.class).workers()).isEqualTo(2);
		}
	}

	@Test
	void anUnknownFlagFailsTheStart() {
		assertThatExceptionOfType(UnknownFlagException.class).isThrownBy(() -> start(Plain.class, "-P", "80").close())
			.withMessage("-P is no flag of iodine");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-", "--", "-5", "-Dname=value", "word", "-verylong" })
	void whatIsNoShortFlagIsTheApplications(String argument) {
		start(Plain.class, argument).close();

		assertThat(CommandLineFlags.of(argument).properties()).isEmpty();
	}

	@Test
	void anApplicationThatRunsSomethingMayHaveFlagsOfItsOwn() {
		start(Running.class, "-P", "80").close();
	}

	@Test
	void flagsCanBeSwitchedOff() {
		try (ConfigurableApplicationContext context = start(Plain.class, "-t", "7", "-P", "-h",
				"--iodine.command-line.enabled=false")) {
			assertThat(property(context, "iodine.threads")).isNull();
		}
	}

	@Test
	void theHelpNamesEveryFlagItsPropertyAndItsDefault() {
		for (CommandLineFlag flag : CommandLineFlag.values()) {
			assertThat(CommandLineFlag.help()).contains("  " + flag.flag() + " ").contains(flag.property());
		}
		assertThat(CommandLineFlags.of("-?").isHelp()).isTrue();
		assertThat(CommandLineFlags.of("-h").isHelp()).isTrue();
	}

	@Test
	void theDefaultsOfTheHelpAreThoseOfTheProperties() throws Exception {
		try (InputStream metadata = Objects.requireNonNull(
				IodineProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
			JsonMapper.shared().readTree(metadata).path("properties").forEach((property) -> {
				String name = property.path("name").asString();
				String value = property.path("defaultValue").asString("").replaceAll("(s|KB|MB)$", "");
				if (value.matches("[0-9]+")) {
					CommandLineFlag.help()
						.lines()
						.filter((line) -> line.contains("(" + name + ", default "))
						.forEach((line) -> assertThat(line).endsWith("(" + name + ", default " + value + ")"));
				}
			});
		}
	}

	@Test
	void whatTheProgramSetsGivesWay() {
		SpringApplication application = new SpringApplication(Plain.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("iodine.threads", "3", "iodine.workers", "4"));
		try (ConfigurableApplicationContext context = application.run("-t", "7")) {
			assertThat(property(context, "iodine.threads")).isEqualTo("7");
			assertThat(property(context, "iodine.workers")).isEqualTo("4");
		}
	}

	private static @Nullable String property(ConfigurableApplicationContext context, String name) {
		return context.getEnvironment().getProperty(name);
	}

	private static ConfigurableApplicationContext start(Class<?> source, String... args) {
		SpringApplication application = new SpringApplication(source);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run(args);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(IodineAutoConfiguration.class)
	static class Plain {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(IodineAutoConfiguration.class)
	static class Running {

		@Bean
		ApplicationRunner runner() {
			return (arguments) -> {
			};
		}

	}

}
