package io.iodine.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.micrometer.context.ContextRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that trace and MDC of a handshake are present in callbacks, by a whole
 * application and the JDK's WebSocket client.
 */
class HandshakePropagationTests {

	private static final ThreadLocal<@Nullable String> TRACE = new ThreadLocal<>();

	@BeforeEach
	void register() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.trace", TRACE);
	}

	@AfterEach
	void deregister() {
		ContextRegistry.getInstance().removeThreadLocalAccessor("test.trace");
	}

	@Test
	void whatFiltersSetForAHandshakeIsPresentInEachCallback() throws Exception {
		BlockingQueue<String> received = new ArrayBlockingQueue<>(2);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.REACTIVE)
			.run("--server.port=0")) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");

			WebSocket client = HttpClient.newHttpClient()
				.newWebSocketBuilder()
				.buildAsync(URI.create("ws://localhost:" + port + "/who"), new Receiver(received))
				.get(30, TimeUnit.SECONDS);

			assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("opened by ann in t1");
			client.sendText("me?", true).get(30, TimeUnit.SECONDS);
			assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("asked by ann in t1");
			client.abort();
		}
	}

	private record Receiver(BlockingQueue<String> received) implements WebSocket.Listener {

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
			this.received.add(text.toString());
			socket.request(1);
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration" })
	static class Application {

		@Bean
		WebFilter who() {
			return (exchange, chain) -> {
				MDC.put("user", "ann");
				return chain.filter(exchange)
					.contextWrite((context) -> context.put("test.trace", "t1"))
					.doFinally((signal) -> MDC.remove("user"));
			};
		}

		@Bean
		@UpgradeHandler("/who")
		ConnectionHandler whoAmI() {
			return new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.write("opened by " + MDC.get("user") + " in " + TRACE.get());
				}

				@Override
				public void onMessage(Connection client, Message message) {
					client.write("asked by " + MDC.get("user") + " in " + TRACE.get());
				}

			};
		}

	}

}
