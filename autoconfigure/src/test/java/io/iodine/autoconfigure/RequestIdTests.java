package io.iodine.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.accesslog.LineTarget;
import io.iodine.connection.TestServer;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import reactor.core.publisher.Hooks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the access log, the MDC, the trace and the response of a request have one
 * id, and of the observations of messages.
 */
class RequestIdTests {

	private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();

	private static final BlockingQueue<Observation.Context> OBSERVED = new LinkedBlockingQueue<>();

	private static final BlockingQueue<String> IN_MDC = new LinkedBlockingQueue<>();

	private static final HttpClient client = HttpClient.newHttpClient();

	@BeforeEach
	void clear() {
		LINES.clear();
		OBSERVED.clear();
		IN_MDC.clear();
	}

	/** The property of one application is a hook of the whole process. */
	@AfterAll
	static void withoutHooks() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void responseLineTraceAndMdcOfARequestHaveOneId() throws Exception {
		try (FileServer server = start("iodine.access-log.format=json", "spring.reactor.context-propagation=auto")) {
			HttpResponse<String> response = get(server, "mine");

			String id = response.headers().firstValue("X-Request-Id").orElseThrow();
			assertThat(id).matches("[0-9a-f]{16}");
			JsonNode line = JsonMapper.shared().readTree(poll(LINES));
			assertThat(line.get("requestId").stringValue()).isEqualTo(id);
			assertThat(poll(IN_MDC)).isEqualTo(id);
			assertThat(poll(OBSERVED).getHighCardinalityKeyValues()).contains(KeyValue.of("iodine.request.id", id));
			assertThat(get(server, "mine").headers().firstValue("X-Request-Id")).isNotEmpty().get().isNotEqualTo(id);
		}
	}

	@Test
	void callbacksAndLinesOfAConnectionHaveTheIdOfItsHandshake() throws Exception {
		try (FileServer server = start("iodine.request-id.trusted=true", "iodine.request-id.header=X-Trace",
				"iodine.observations.messages=true")) {
			WebSocket socket = client.newWebSocketBuilder()
				.header("X-Trace", "from-the-proxy")
				.buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/chat"), new WebSocket.Listener() {
				})
				.get(30, TimeUnit.SECONDS);
			assertThat(poll(IN_MDC)).isEqualTo("open from-the-proxy");
			socket.sendText("hello", true).get(30, TimeUnit.SECONDS);
			assertThat(poll(IN_MDC)).isEqualTo("message from-the-proxy");
			socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);

			assertThat(poll(LINES)).contains("OPEN /chat").endsWith(" from-the-proxy");
			assertThat(poll(LINES)).contains("CLOSE /chat").endsWith(" from-the-proxy");
			Observation.Context message = poll(OBSERVED);
			while (!"iodine.message".equals(message.getName())) {
				message = poll(OBSERVED);
			}
			assertThat(message.getLowCardinalityKeyValues()).containsExactlyInAnyOrder(KeyValue.of("path", "/chat"),
					KeyValue.of("protocol", "websocket"));
		}
	}

	@Test
	void anIdThatCouldForgeALineIsReplaced() throws Exception {
		try (FileServer server = start("iodine.request-id.trusted=true")) {
			String id = get(server, "a b\"c").headers().firstValue("X-Request-Id").orElseThrow();

			assertThat(id).matches("[0-9a-f]{16}");
			assertThat(poll(LINES)).endsWith(" " + id);
		}
	}

	@Test
	void controllersAndCallbacksOfSpringMvcHaveIdsToo() throws Exception {
		try (TestServer server = TestServer.start(List.of(Mvc.class, Chat.class), "test.server=tomcat",
				"iodine.request-id.enabled=true", "iodine.access-log.enabled=true")) {
			HttpResponse<String> response = client.send(HttpRequest.newBuilder(server.uri("http", "/who")).build(),
					BodyHandlers.ofString());

			assertThat(response.headers().firstValue("X-Request-Id").orElseThrow()).isEqualTo(response.body());
			assertThat(poll(LINES)).contains("GET /who").endsWith(response.body());
			WebSocket socket = client.newWebSocketBuilder()
				.buildAsync(server.uri("ws", "/chat"), new WebSocket.Listener() {
				})
				.get(30, TimeUnit.SECONDS);
			String opened = poll(IN_MDC);
			assertThat(opened).matches("open [0-9a-f]{16}");
			assertThat(poll(LINES)).contains("OPEN /chat").endsWith(opened.substring("open".length()));
			socket.abort();
		}
	}

	@Test
	void observationsOfMessagesNeedARegistry() {
		new ApplicationContextRunner().withUserConfiguration(IodineObservationAutoConfiguration.class)
			.withPropertyValues("iodine.observations.messages=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("iodine.observations.messages")
				.hasMessageContaining("spring-boot-starter-actuator"));
	}

	private static FileServer start(String... properties) {
		String[] all = Stream
			.concat(Stream.of("iodine.request-id.enabled=true", "iodine.access-log.enabled=true"),
					Arrays.stream(properties))
			.toArray(String[]::new);
		return FileServer.start(List.of(Application.class, Chat.class), all);
	}

	private static HttpResponse<String> get(FileServer server, String id) throws Exception {
		return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/who"))
			.header("X-Request-Id", id)
			.build(), BodyHandlers.ofString());
	}

	private static <T> T poll(BlockingQueue<T> queue) throws InterruptedException {
		T next = queue.poll(30, TimeUnit.SECONDS);
		if (next == null) {
			throw new AssertionError("Nothing came");
		}
		return next;
	}

	/** A handler of WebSockets, and where lines go. */
	@Configuration(proxyBeanMethods = false)
	static class Chat {

		@Bean
		LineTarget lines() {
			return LINES::addAll;
		}

		@Bean
		@UpgradeHandler("/chat")
		ConnectionHandler chat() {
			return new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					IN_MDC.add("open " + MDC.get("requestId"));
				}

				@Override
				public void onMessage(Connection client, Message message) {
					IN_MDC.add("message " + MDC.get("requestId"));
				}

			};
		}

	}

	/** An application of WebFlux that is observed. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	static class Application {

		@Bean
		ObservationRegistry observations() {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

				@Override
				public void onStop(Observation.Context context) {
					OBSERVED.add(context);
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return true;
				}

			});
			return registry;
		}

		@Bean
		RouterFunction<ServerResponse> who() {
			return RouterFunctions.route().GET("/who", (request) -> {
				return ServerResponse.ok()
					.bodyValue("me")
					.doOnNext((answer) -> IN_MDC.add(String.valueOf(MDC.get("requestId"))));
			}).build();
		}

	}

	/** An application of Spring MVC. */
	@RestController
	static class Mvc {

		@GetMapping("/who")
		String who() {
			return String.valueOf(MDC.get("requestId"));
		}

	}

}
