package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.List;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** Plain requests to the paths of handlers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class UpgradeRequiredHandlerTests {

	private FileServer server;

	@BeforeAll
	void start() {
		this.server = FileServer.start(List.of(Chat.class));
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void aPlainRequestIsToldToConnect() throws IOException {
		Answer answer = this.server.get("/rooms/7?last=3");

		assertThat(answer.status()).isEqualTo(426);
		assertThat(answer.header("upgrade")).isEqualTo("websocket");
		assertThat(answer.header("connection")).isEqualToIgnoringCase("upgrade");
		assertThat(answer.header("content-type")).startsWith("text/plain");
		assertThat(answer.body()).contains("new WebSocket(url)", "new EventSource(url)");
		assertThat(this.server.send("HEAD", "/rooms/7").status()).isEqualTo(426);
	}

	@Test
	void anotherPathIsNotFound() throws IOException {
		assertThat(this.server.get("/rooms").status()).isEqualTo(404);
		assertThat(this.server.get("/rooms/7/8").status()).isEqualTo(404);
	}

	@Test
	void whatElseServesThePathServesIt() throws IOException {
		Answer answer = this.server.get("/chat");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.headers()).doesNotContainKey("upgrade");
	}

	/** One path of a handler is served by a route as well. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	static class Chat {

		@Bean
		@UpgradeHandler({ "/chat", "/rooms/{id}" })
		ConnectionHandler handler() {
			return new ConnectionHandler() {
			};
		}

		@Bean
		RouterFunction<ServerResponse> page() {
			return RouterFunctions.route().GET("/chat", (request) -> ServerResponse.ok().bodyValue("a page")).build();
		}

	}

}
