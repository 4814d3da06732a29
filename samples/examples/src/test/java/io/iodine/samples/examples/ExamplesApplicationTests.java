package io.iodine.samples.examples;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ExamplesApplicationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void aPageThatTheClientHasIsNotSentAgain() throws Exception {
		HttpResponse<String> page = send(HttpRequest.newBuilder(uri("http", "/pages/one")));
		String tag = page.headers().firstValue("ETag").orElseThrow();

		HttpResponse<String> again = send(
				HttpRequest.newBuilder(uri("http", "/pages/one")).header("If-None-Match", tag));

		assertThat(page.body()).isEqualTo("This is one.\n");
		assertThat(again.statusCode()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
	}

	@Test
	void aJobIsAnsweredAtOnceAndDoneAfterwards() throws Exception {
		CompletableFuture<String> told = new CompletableFuture<>();
		WebSocket follower = connect("jobs", told);

		HttpResponse<String> answer = send(HttpRequest.newBuilder(uri("http", "/jobs")).POST(BodyPublishers.noBody()));

		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo("job 1 is done");
		assertThat(send(HttpRequest.newBuilder(uri("http", "/jobs"))).body()).isEqualTo("1 done\n");
		follower.abort();
	}

	@Test
	void eachSubprotocolHasItsHandler() throws Exception {
		CompletableFuture<String> echoed = new CompletableFuture<>();
		WebSocket echo = connect("echo", echoed);
		echo.sendText("hello", true).join();

		assertThat(echo.getSubprotocol()).isEqualTo("echo");
		assertThat(echoed.get(30, TimeUnit.SECONDS)).isEqualTo("hello");
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> connecting("chat", new CompletableFuture<>()).join())
			.withMessageContaining("WebSocketHandshakeException");
		echo.abort();
	}

	@Test
	void aClientThatOffersNoSubprotocolIsToldWhich() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.http.newWebSocketBuilder()
				.buildAsync(uri("ws", "/subprotocols"), new FirstText(new CompletableFuture<>()))
				.join())
			.satisfies((failure) -> assertThat(failure.getCause()).isInstanceOfSatisfying(
					WebSocketHandshakeException.class,
					(handshake) -> assertThat(handshake.getResponse().statusCode()).isEqualTo(400)));
	}

	@Test
	void anUploadIsCounted() throws Exception {
		String body = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
				+ "x".repeat(500_000) + "\r\n--limit--\r\n";

		HttpResponse<String> answer = send(HttpRequest.newBuilder(uri("http", "/uploads"))
			.header("Content-Type", "multipart/form-data; boundary=limit")
			.POST(BodyPublishers.ofString(body)));

		assertThat(answer.body()).contains("\"name\":\"a.txt\"", "\"length\":500000");
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	private WebSocket connect(String subprotocol, CompletableFuture<String> text) throws Exception {
		return connecting(subprotocol, text).get(30, TimeUnit.SECONDS);
	}

	private CompletableFuture<WebSocket> connecting(String subprotocol, CompletableFuture<String> text) {
		return this.http.newWebSocketBuilder()
			.subprotocols(subprotocol)
			.buildAsync(uri("ws", "/subprotocols"), new FirstText(text));
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
