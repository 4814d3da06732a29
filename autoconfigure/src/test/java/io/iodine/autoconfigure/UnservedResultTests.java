package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;

import io.iodine.ConnectionHandler;
import io.iodine.SendFile;
import io.iodine.Upgrade;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that answers which nothing carries out are errors, and never JSON.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnservedResultTests {

	@ParameterizedTest
	@ValueSource(strings = { "/file", "/later", "/entity", "/nested" })
	void aFileWithoutARootIsAnErrorThatNamesTheProperty(String path, CapturedOutput output) {
		try (TestServer server = TestServer.start(List.of(Beans.class)); RawPeer peer = new RawPeer(server.port())) {
			peer.get(path).expect(500);

			assertThat(output).contains("set iodine.static.send-file-root");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/file", "/upgrade" })
	void withoutIodineEveryAnswerIsAnError(String path) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Disabled.class)
			.web(WebApplicationType.REACTIVE)
			.run("--iodine.enabled=false", "--server.port=0", "--server.address=127.0.0.1",
					"--spring.jmx.enabled=false", "--spring.main.banner-mode=off");
				RawPeer peer = new RawPeer(
						context.getEnvironment().getRequiredProperty("local.server.port", Integer.class))) {
			peer.get(path).expect(500);
		}
	}

	@Test
	void jacksonWritesNoneOfThemInAnyKindOfApplication() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(JacksonAutoConfiguration.class, IodineUnservedResultAutoConfiguration.class))
			.run((context) -> {
				JsonMapper json = context.getBean(JsonMapper.class);
				for (Object answer : List.of(Upgrade.reject(402), Upgrade.decline(), SendFile.of("/etc/passwd"),
						Upgrade.accept(new ConnectionHandler() {
						}))) {
					assertThatExceptionOfType(JacksonException.class)
						.isThrownBy(() -> json.writeValueAsString(Map.of("nested", answer)))
						.withMessageContaining("nothing can");
				}
			});
	}

	/** Answers with what nothing carries out. */
	@RestController
	static class Pages {

		@GetMapping("/file")
		SendFile file() {
			return SendFile.of("/etc/passwd");
		}

		@GetMapping("/later")
		Mono<SendFile> later() {
			return Mono.just(SendFile.of("/etc/passwd"));
		}

		@GetMapping("/entity")
		ResponseEntity<SendFile> entity() {
			return ResponseEntity.ok(SendFile.of("/etc/passwd"));
		}

		@GetMapping("/nested")
		Map<String, SendFile> nested() {
			return Map.of("file", SendFile.of("/etc/passwd"));
		}

		@GetMapping("/upgrade")
		Upgrade upgrade() {
			return Upgrade.reject(402);
		}

	}

	/** The controller. */
	@Configuration(proxyBeanMethods = false)
	@Import(Pages.class)
	static class Beans {

	}

	/** An application that has switched iodine off. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import(Pages.class)
	static class Disabled {

	}

}
