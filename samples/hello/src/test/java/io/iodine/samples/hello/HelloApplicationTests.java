package io.iodine.samples.hello;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class HelloApplicationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void aPlainRequestReachesTheController() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri("http", "/hello?name=iodine")).build();

		assertThat(this.http.send(request, BodyHandlers.ofString()).body()).isEqualTo("Hello, iodine!");
	}

	@Test
	void aWebSocketOnTheSamePathIsEchoed() throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		WebSocket socket = this.http.newWebSocketBuilder()
			.buildAsync(uri("ws", "/hello"), new FirstText(answer))
			.get(30, TimeUnit.SECONDS);

		socket.sendText("is there anybody?", true).join();

		assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("is there anybody?");
		socket.abort();
	}

	private URI uri(String scheme, String path) {
		return URI.create(scheme + "://localhost:" + this.port + path);
	}

	private record FirstText(CompletableFuture<String> text) implements WebSocket.Listener {

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.complete(data.toString());
			return null;
		}

	}

}
