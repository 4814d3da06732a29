package io.iodine.autoconfigure;

import java.util.stream.Stream;

import io.iodine.ConnectionHandler;
import io.iodine.PubSub;
import io.iodine.SendFile;
import io.iodine.Upgrade;
import io.iodine.UpgradeRequest;
import io.iodine.pubsub.redis.RedisEngine;
import io.iodine.socket.SocketConnector;
import io.iodine.socket.SocketListeners;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The slice of Boot's tests for controllers, which has no server.
 */
@WebFluxTest(properties = { "iodine.pubsub.engine=redis",
		"spring.autoconfigure.exclude="
				+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
				+ "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
class WebFluxSliceTests {

	@Test
	void aSliceWithoutAServerStartsAndAnswers(@Autowired WebTestClient client) {
		client.get().uri("/hello").exchange().expectStatus().isOk().expectBody(String.class).isEqualTo("hello");
	}

	@Test
	void aSliceHasNothingThatListensOrAsksABroker(@Autowired ApplicationContext context) {
		assertThat(
				Stream.of(SocketListeners.class, SocketConnector.class, RedisEngine.class, ReactorResourceFactory.class)
					.filter((type) -> context.getBeanNamesForType(type).length > 0))
			.isEmpty();
	}

	@Test
	void anAnswerOfIodineIsCarriedOutInASliceToo(@Autowired WebTestClient client) {
		client.get().uri("/paid").exchange().expectStatus().isEqualTo(402).expectBody().isEmpty();
	}

	@Test
	void anUpgradeThatASliceCannotServeIsNoJson(@Autowired WebTestClient client) {
		client.get()
			.uri("/accepted")
			.header("Accept", "text/event-stream")
			.exchange()
			.expectStatus()
			.is5xxServerError();
	}

	@Test
	void aFileThatASliceCannotSendIsNoJson(@Autowired WebTestClient client) {
		client.get().uri("/file").exchange().expectStatus().is5xxServerError();
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

		private final PubSub pubSub;

		Hello(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		@GetMapping("/paid")
		Upgrade paid(UpgradeRequest request) {
			this.pubSub.publish("asked", request.path());
			return Upgrade.reject(402);
		}

		@GetMapping("/accepted")
		Upgrade accepted() {
			return Upgrade.accept(new ConnectionHandler() {
			});
		}

		@GetMapping("/file")
		SendFile file() {
			return SendFile.of("/etc/passwd");
		}

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
