package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.accesslog.AccessLog;
import io.iodine.accesslog.LineTarget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The access log of a whole application. */
@SuppressWarnings("NullAway.Init")
class AccessLogTests {

	private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();

	@TempDir
	static Path root;

	private FileServer server;

	@BeforeEach
	void start() throws IOException {
		LINES.clear();
		Files.writeString(root.resolve("file.txt"), "content");
		this.server = FileServer.start(List.of(FileServer.Application.class, Logged.class),
				"iodine.static.root=" + root, "iodine.access-log.enabled=true", "iodine.access-log.format=common",
				"server.forward-headers-strategy=native");
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void requestsOfTheApplicationAreLogged() throws Exception {
		this.server.get("/app?x=1");

		assertThat(line()).startsWith("127.0.0.1 - - [").contains("\"GET /app?x=1 HTTP/1.1\" 404 ");
	}

	@Test
	void filesAreLogged() throws Exception {
		this.server.get("/file.txt");

		assertThat(line()).endsWith("\"GET /file.txt HTTP/1.1\" 200 7");
	}

	@Test
	void refusedRequestsAreLogged() throws Exception {
		try (Socket socket = this.server.connect()) {
			socket.getOutputStream().write("GET /\0 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));

			assertThat(line()).contains("\"- - -\" 400 ");
		}
	}

	@Test
	void theClientBehindAProxyIsLogged() throws Exception {
		this.server.get("/file.txt", "X-Forwarded-For: 192.0.2.7, 198.51.100.1");
		this.server.get("/file.txt", "Forwarded: for=\"[2001:db8::1]:4711\";proto=http");

		assertThat(line()).startsWith("192.0.2.7 - - [");
		assertThat(line()).startsWith("2001:db8::1 - - [");
	}

	@Test
	void upgradesAreLoggedAtOpenAndAtClose() throws Exception {
		WebSocket client = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.header("X-Forwarded-For", "192.0.2.7")
			.buildAsync(URI.create("ws://127.0.0.1:" + this.server.port() + "/chat?room=1"), new WebSocket.Listener() {
			})
			.get(20, TimeUnit.SECONDS);

		assertThat(line()).startsWith("192.0.2.7 - - [").endsWith("\"OPEN /chat?room=1 WEBSOCKET\" 101 -");

		client.sendText("hello", true).get(20, TimeUnit.SECONDS);
		client.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(20, TimeUnit.SECONDS);

		assertThat(line()).containsPattern("\"CLOSE /chat\\?room=1 WEBSOCKET\" 1000 \\d+ \\d+ms PEER \"bye\"");
	}

	@Test
	void eventStreamsAreLoggedAtOpenAndAtClose() throws Exception {
		try (Socket socket = this.server.connect()) {
			socket.getOutputStream()
				.write("GET /chat HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"
					.getBytes(StandardCharsets.ISO_8859_1));

			assertThat(line()).endsWith("\"OPEN /chat SSE\" 200 -");
		}

		assertThat(line()).containsPattern("\"CLOSE /chat SSE\" 0 .* PEER \"\"");
	}

	@Test
	void aClientThatLeftIsLogged() throws Exception {
		try (Socket socket = this.server.connect()) {
			FileServer.write(socket, FileServer.request("GET", "/held"));
			// once another is served, this one has arrived
			this.server.get("/file.txt");
			assertThat(line()).contains("/file.txt");
		}

		assertThat(line()).endsWith("\"GET /held HTTP/1.1\" 499 -");
		this.server.context().getBean(FileServer.Application.class).gate.countDown();
	}

	@Test
	void itIsOffUnlessAskedFor() {
		try (FileServer silent = FileServer.start()) {
			assertThat(silent.context().getBeanNamesForType(AccessLog.class)).isEmpty();
		}
	}

	private static String line() throws InterruptedException {
		String line = LINES.poll(20, TimeUnit.SECONDS);
		return (line != null) ? line : "no line came";
	}

	@Configuration(proxyBeanMethods = false)
	static class Logged {

		@Bean
		LineTarget lines() {
			return LINES::addAll;
		}

		@Bean
		@UpgradeHandler("/chat")
		ConnectionHandler chat() {
			return new ConnectionHandler() {

				@Override
				public void onMessage(Connection client, Message message) {
					client.write(message);
				}

			};
		}

	}

}
