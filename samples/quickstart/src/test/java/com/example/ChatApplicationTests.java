package com.example;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ChatApplicationTests {

	private static final String WELCOME = "You're now in the chatroom.";

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void twoClientsTalk() throws Exception {
		Texts ada = new Texts();
		Texts grace = new Texts();
		WebSocket adasSocket = join(ada);
		WebSocket gracesSocket = join(grace);
		assertThat(ada.next()).isEqualTo(WELCOME);
		assertThat(grace.next()).isEqualTo(WELCOME);

		gracesSocket.sendText("Found a moth.", true).join();

		assertThat(ada.next()).isEqualTo("Found a moth.");
		assertThat(grace.next()).isEqualTo("Found a moth.");
		adasSocket.abort();
		gracesSocket.abort();
	}

	@Test
	void anEventStreamFollows() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri("http")).header("Accept", "text/event-stream").build();
		Iterator<String> lines = this.http.send(request, BodyHandlers.ofLines())
			.body()
			.filter((line) -> line.startsWith("data:"))
			.iterator();
		assertThat(lines.next()).endsWith(WELCOME);
		WebSocket socket = join(new Texts());

		socket.sendText("Found a moth.", true).join();

		assertThat(lines.next()).endsWith("Found a moth.");
		socket.abort();
	}

	@Test
	void thePageIsServed() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/")).build();

		String page = this.http.send(request, BodyHandlers.ofString()).body();

		assertThat(page).contains("new WebSocket(");
	}

	private WebSocket join(WebSocket.Listener listener) throws Exception {
		return this.http.newWebSocketBuilder().buildAsync(uri("ws"), listener).get(30, TimeUnit.SECONDS);
	}

	private URI uri(String scheme) {
		return URI.create(scheme + "://localhost:" + this.port + "/chat");
	}

	private static final class Texts implements WebSocket.Listener {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.texts.add(data.toString());
			socket.request(1);
			return null;
		}

		@Nullable String next() throws InterruptedException {
			return this.texts.poll(30, TimeUnit.SECONDS);
		}

	}

}
