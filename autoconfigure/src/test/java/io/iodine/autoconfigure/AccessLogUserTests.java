package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.accesslog.LineTarget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** The user in the access log of an application behind Spring Security. */
@SuppressWarnings("NullAway.Init")
class AccessLogUserTests {

	private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();

	/** Of ann, whose password is secret. */
	private static final String ANN = "Basic YW5uOnNlY3JldA==";

	private FileServer server;

	@BeforeEach
	void start() {
		LINES.clear();
		this.server = FileServer.start(List.of(Secured.class), "iodine.access-log.enabled=true",
				"iodine.access-log.format=common", "spring.security.user.name=ann",
				"spring.security.user.password=secret");
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void theLineOfARequestNamesTheAuthenticatedUser() throws Exception {
		this.server.get("/hello", "Authorization: " + ANN);

		assertThat(line()).startsWith("127.0.0.1 - ann [").contains("\"GET /hello HTTP/1.1\" 200 ");
	}

	@Test
	void theLineOfARejectedRequestNamesNobody() throws IOException, InterruptedException {
		this.server.get("/hello", "Authorization: Basic YW5uOndyb25n");

		assertThat(line()).startsWith("127.0.0.1 - - [").contains("\"GET /hello HTTP/1.1\" 401 ");
	}

	@Test
	void theLinesOfAConnectionNameTheAuthenticatedUser() throws Exception {
		WebSocket client = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.header("Authorization", ANN)
			.buildAsync(URI.create("ws://127.0.0.1:" + this.server.port() + "/chat"), new WebSocket.Listener() {
			})
			.get(20, TimeUnit.SECONDS);
		client.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);

		assertThat(line()).startsWith("127.0.0.1 - ann [").contains("\"OPEN /chat WEBSOCKET\" 101 ");
		assertThat(line()).startsWith("127.0.0.1 - ann [").contains("\"CLOSE /chat WEBSOCKET\" 1000 ");
	}

	private static String line() throws InterruptedException {
		String line = LINES.poll(20, TimeUnit.SECONDS);
		return (line != null) ? line : "no line came";
	}

	/** Secured as Boot does it by default. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Secured {

		@Bean
		LineTarget lines() {
			return LINES::addAll;
		}

		@Bean
		RouterFunction<ServerResponse> hello() {
			return RouterFunctions.route().GET("/hello", (request) -> Mono.defer(ServerResponse.ok()::build)).build();
		}

		@Bean
		@UpgradeHandler("/chat")
		ConnectionHandler chat() {
			return new ConnectionHandler() {
			};
		}

	}

}
