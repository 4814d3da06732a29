package io.iodine.samples.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A follower in a real Chromium, driven by {@code src/test/browser/resume.test.js}, whose
 * server is restarted.
 */
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ChatResumeTests {

	@BeforeAll
	static void installDriver() throws Exception {
		Browser.installDriver();
	}

	@Test
	@EnabledIf("hasRedis")
	void withRedisWhatWasSaidMeanwhileComesAfterARestart() throws Exception {
		int redisPort = freePort();
		int port = freePort();
		String redis = "iodine.redis.url=redis://127.0.0.1:" + redisPort;
		Process server = new ProcessBuilder("redis-server", "--port", Integer.toString(redisPort), "--bind",
				"127.0.0.1", "--save", "")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			awaitAnswer(redisPort);
			ConfigurableApplicationContext first = chat(port, redis);
			try (Follower follower = new Follower(port)) {
				follower.expect("following");
				say(port, "before");
				follower.tell("before");
				follower.expect("heard before");
				first.close();
				follower.expect("interrupted");

				int other = freePort();
				ConfigurableApplicationContext elsewhere = chat(other, redis);
				say(other, "meanwhile");
				elsewhere.close();
				ConfigurableApplicationContext second = chat(port, redis);
				follower.expect("back");
				say(port, "after");
				follower.tell("after");

				follower.expect("texts before, meanwhile, after");
				follower.expect("missing 0");
				follower.tell("end");
				second.close();
			}
		}
		finally {
			server.destroyForcibly().waitFor();
		}
	}

	@Test
	void inMemoryTheFollowerIsToldThatSomethingMayBeMissing() throws Exception {
		int port = freePort();
		ConfigurableApplicationContext first = chat(port);
		try (Follower follower = new Follower(port)) {
			follower.expect("following");
			say(port, "before");
			follower.tell("before");
			follower.expect("heard before");
			first.close();
			follower.expect("interrupted");

			ConfigurableApplicationContext second = chat(port);
			follower.expect("back");
			say(port, "after");
			follower.tell("after");

			follower.expect("texts before, after");
			follower.expect("missing 1");
			follower.tell("end");
			second.close();
		}
	}

	private static ConfigurableApplicationContext chat(int port, String... properties) {
		return new SpringApplicationBuilder(ChatApplication.class).properties(properties)
			.properties("server.port=" + port, "server.address=127.0.0.1", "iodine.shutdown.timeout=2s")
			.run();
	}

	/** Joins, says one thing, and hears it. */
	private static void say(int port, String text) throws Exception {
		Heard heard = new Heard("\"text\":\"" + text + "\"");
		WebSocket socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat?name=Ada"), heard)
			.get(30, TimeUnit.SECONDS);
		socket.sendText(text, true).get(30, TimeUnit.SECONDS);
		heard.text.get(30, TimeUnit.SECONDS);
		socket.abort();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void awaitAnswer(int port) {
		boolean answers = false;
		while (!answers) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
				answers = socket.getInputStream().read() >= 0;
			}
			catch (IOException ex) {
				Thread.onSpinWait();
			}
		}
	}

	static boolean hasRedis() {
		return Arrays.stream(System.getenv("PATH").split(":"))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "redis-server")));
	}

	/** The browser, as its script tells of it. */
	private static final class Follower implements AutoCloseable {

		private final Process process;

		private final BufferedReader lines;

		private final PrintWriter orders;

		Follower(int port) throws IOException {
			this.process = Browser.start("resume.test.js", "http://127.0.0.1:" + port, Browser.chromium().toString());
			this.lines = this.process.inputReader(StandardCharsets.UTF_8);
			this.orders = new PrintWriter(this.process.outputWriter(StandardCharsets.UTF_8), true);
		}

		void expect(String line) throws IOException {
			assertThat(this.lines.readLine()).isEqualTo(line);
		}

		void tell(String order) {
			this.orders.println(order);
		}

		@Override
		public void close() {
			this.process.descendants().forEach(ProcessHandle::destroy);
			this.process.destroy();
		}

	}

	/** Waits for a text. */
	private static final class Heard implements WebSocket.Listener {

		private final String awaited;

		private final CompletableFuture<String> text = new CompletableFuture<>();

		Heard(String awaited) {
			this.awaited = awaited;
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			if (data.toString().contains(this.awaited)) {
				this.text.complete(data.toString());
			}
			socket.request(1);
			return null;
		}

	}

}
