package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that a controller's status goes out as it is, registered or not. */
class StatusCodeTests {

	@AutoClose
	private static FileServer server;

	@BeforeAll
	static void start() {
		server = FileServer.start(List.of(Application.class));
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 209, 299, 399, 418, 451, 499, 599, 600, 999 })
	void aStatusIsSentAsItIs(int status) throws IOException {
		assertThat(server.get("/status/" + status).status()).isEqualTo(status);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	@RestController
	static class Application {

		@GetMapping("/status/{status}")
		ResponseEntity<String> status(@PathVariable int status) {
			return ResponseEntity.status(status).body("as asked");
		}

	}

}
