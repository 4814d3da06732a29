package io.iodine.samples.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarkApplicationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	void helloIsTwelveBytesOfText() throws Exception {
		try (ConfigurableApplicationContext server = start()) {
			HttpResponse<byte[]> response = get(server, "/hello", BodyHandlers.ofByteArray());

			assertThat(response.body()).asString().isEqualTo("Hello World!");
			assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatComesGoesBack(boolean blocking) throws Exception {
		try (ConfigurableApplicationContext server = start("--echo.blocking=" + blocking)) {
			Texts answers = new Texts();

			open(server, "/echo", answers).sendText("tick", true).join();

			assertThat(answers.next()).isEqualTo("tick");
		}
	}

	@Test
	void whatIsPublishedReachesSubscribersOfBothKindsAndNotThePublisher() throws Exception {
		try (ConfigurableApplicationContext server = start()) {
			Texts first = new Texts();
			Texts second = new Texts();
			Texts publishers = new Texts();
			WebSocket subscriber = open(server, "/sub", first);
			open(server, "/sub", second);
			Iterator<String> events = get(server, "/sse", BodyHandlers.ofLines()).body()
				.filter((line) -> !line.isEmpty())
				.iterator();

			WebSocket publisher = open(server, "/pub", publishers);
			publisher.sendText("one", true).join();
			publisher.sendText("two", true).join();

			for (Texts texts : new Texts[] { first, second }) {
				assertThat(texts.next()).isEqualTo("one");
				assertThat(texts.next()).isEqualTo("two");
			}
			assertThat(Stream.generate(events::next).filter((line) -> line.startsWith("data:")).limit(2))
				.containsExactly("data: one", "data: two");
			assertThat(publishers.texts).isEmpty();
			assertThat(subscriber.isInputClosed()).isFalse();
		}
	}

	@Test
	void filesComeFromTheFolderNamed(@TempDir Path folder) throws Exception {
		Files.writeString(folder.resolve("file.txt"), "content");

		try (ConfigurableApplicationContext server = start("--WWW=" + folder)) {
			assertThat(get(server, "/static/file.txt", BodyHandlers.ofString()).body()).isEqualTo("content");
		}
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return SpringApplication.run(BenchmarkApplication.class,
				Stream.concat(Stream.of("--PORT=0"), Stream.of(arguments)).toArray(String[]::new));
	}

	private <T> HttpResponse<T> get(ConfigurableApplicationContext server, String path,
			HttpResponse.BodyHandler<T> body) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", server, path));
		return this.http.send((path.equals("/sse") ? request.header("Accept", "text/event-stream") : request).build(),
				body);
	}

	private WebSocket open(ConfigurableApplicationContext server, String path, Texts texts) throws Exception {
		return this.http.newWebSocketBuilder().buildAsync(uri("ws", server, path), texts).get(30, TimeUnit.SECONDS);
	}

	private static URI uri(String scheme, ConfigurableApplicationContext server, String path) {
		return URI
			.create(scheme + "://127.0.0.1:" + server.getEnvironment().getRequiredProperty("local.server.port") + path);
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
