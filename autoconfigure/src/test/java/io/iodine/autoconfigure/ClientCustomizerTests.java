package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.ConnectionHandler;
import io.iodine.UnloggableException;
import io.iodine.net.ClientCustomizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that beans change the options of clients before each attempt to connect. */
@Timeout(60)
class ClientCustomizerTests {

	@Test
	void eachAttemptIsCustomizedInOrderAndOneThatFailsIsRepeated() throws IOException {
		try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
			server.setSoTimeout(30_000);
			String url = "ws://127.0.0.1:" + server.getLocalPort() + "/feed";

			try (ConfigurableApplicationContext context = start(url)) {
				assertThat(context.isRunning()).isTrue();
				assertThat(authorization(server)).isEqualTo("Bearer feed-1");
				// three attempts fail in the customizer, before they connect
				assertThat(authorization(server)).isEqualTo("Bearer feed-5");
			}
		}
	}

	private static ConfigurableApplicationContext start(String url) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "iodine.clients.feed.url=" + url,
					"iodine.clients.feed.min-delay=1ms", "iodine.clients.feed.max-delay=10ms")
			.run();
	}

	/** Accepts one connection, reads the head of its request, and hangs up. */
	private static String authorization(ServerSocket server) throws IOException {
		try (Socket accepted = server.accept();
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(accepted.getInputStream(), StandardCharsets.US_ASCII))) {
			List<String> values = new ArrayList<>();
			for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
				if (line.regionMatches(true, 0, "Authorization: ", 0, 15)) {
					values.add(line.substring(15));
				}
			}
			return String.join(",", values);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final AtomicInteger attempts = new AtomicInteger();

		@Bean
		ConnectionHandler feed() {
			return new ConnectionHandler() {
			};
		}

		@Bean
		@Order(2)
		ClientCustomizer tokens() {
			return (name, options) -> {
				int attempt = this.attempts.incrementAndGet();
				switch (attempt) {
					case 2 -> throw new IOException("no token");
					case 3 -> throw new UnloggableException();
					case 4 -> throw new NoClassDefFoundError("Token");
					default -> {
					}
				}
				assertThat(options.subprotocols()).containsExactly("v1");
				return options.header("Authorization", "Bearer " + name + "-" + attempt);
			};
		}

		@Bean
		@Order(1)
		ClientCustomizer subprotocols() {
			return (name, options) -> options.subprotocols("v1");
		}

	}

}
