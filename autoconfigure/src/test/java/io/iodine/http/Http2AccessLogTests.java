package io.iodine.http;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.accesslog.LineTarget;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** What the access log says of streams of HTTP/2. */
class Http2AccessLogTests {

	private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();

	@AutoClose
	private final TestServer server = TestServer.start(List.of(Logged.class), "server.http2.enabled=true",
			"iodine.access-log.enabled=true", "iodine.access-log.format=combined", "iodine.http.max-body-size=100B",
			"iodine.close-timeout=200ms");

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

	@Test
	void eachStreamHasItsLine() throws Exception {
		// the first upgrades its connection, and is its first stream
		assertThat(ask("/hello").version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(line()).startsWith("127.0.0.1 - - [").contains("\"GET /hello HTTP/2.0\" 200 5 ");

		ask("/hello?again=1");
		ask("/none");

		assertThat(line()).contains("\"GET /hello?again=1 HTTP/2.0\" 200 5 \"-\" \"Java");
		assertThat(line()).contains("\"GET /none HTTP/2.0\" 404 ");
	}

	@Test
	void aStreamThatTheEdgeRefusesHasItsLine() throws Exception {
		ask("/hello");
		line();

		HttpRequest tooLarge = HttpRequest.newBuilder(this.server.uri("http", "/hello"))
			.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[101]))
			.build();
		this.client.send(tooLarge, HttpResponse.BodyHandlers.discarding());

		assertThat(line()).startsWith("127.0.0.1 - - [").contains("\"POST /hello HTTP/2.0\" 413 - \"-\" \"Java");
	}

	@Test
	void aWebSocketHasALineAtOpenAndAtClose() throws Exception {
		String path = this.server.serve(new Recorder());
		try (Http2Peer peer = new Http2Peer(this.server.port(), 65_535)) {
			Http2Peer.Stream stream = peer.connect("websocket", path, Map.of());
			stream.head();
			assertThat(line()).contains("\"OPEN " + path + " WEBSOCKET\" ");

			stream.send(RawPeer.closeFrame(1000, "bye"));

			assertThat(line()).contains("\"CLOSE " + path + " WEBSOCKET\" 1000 ").contains("PEER \"bye\"");
		}
	}

	@Test
	void anEventStreamHasALineAtOpenAndAtClose() throws Exception {
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				super.onOpen(client);
				client.write("event");
				client.close();
			}

		};
		String path = this.server.serve(recorder);
		ask("/hello");
		line();

		HttpResponse<Stream<String>> response = this.client.send(
				HttpRequest.newBuilder(this.server.uri("http", path)).header("Accept", "text/event-stream").build(),
				HttpResponse.BodyHandlers.ofLines());

		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.body()).contains("data: event");
		assertThat(line()).contains("\"OPEN " + path + " SSE\" 200 ");
		assertThat(line()).contains("\"CLOSE " + path + " SSE\" ");
	}

	private HttpResponse<String> ask(String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(this.server.uri("http", path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static @Nullable String line() throws InterruptedException {
		return LINES.poll(30, TimeUnit.SECONDS);
	}

	/** Keeps the lines. */
	@Configuration(proxyBeanMethods = false)
	static class Logged {

		@Bean
		LineTarget lines() {
			LINES.clear();
			return LINES::addAll;
		}

		@Bean
		RouterFunction<ServerResponse> hello() {
			return RouterFunctions.route().GET("/hello", (request) -> ServerResponse.ok().bodyValue("hello")).build();
		}

	}

}
