package io.iodine.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The slice of Boot's tests for controllers, which has no server and needs nothing of us.
 */
@WebFluxTest(properties = "spring.autoconfigure.exclude="
		+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
		+ "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration")
class WebFluxSliceTests {

	@Test
	void aSliceWithoutAServerStartsAndAnswers(@Autowired WebTestClient client) {
		client.get().uri("/hello").exchange().expectStatus().isOk().expectBody(String.class).isEqualTo("hello");
	}

	/** The application around the slice. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Hello.class)
	static class Application {

	}

	/** The controller of the slice. */
	@RestController
	static class Hello {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
