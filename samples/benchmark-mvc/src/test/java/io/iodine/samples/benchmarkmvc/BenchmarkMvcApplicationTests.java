package io.iodine.samples.benchmarkmvc;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarkMvcApplicationTests {

	@AutoClose
	private static ConfigurableApplicationContext server;

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeAll
	static void start() {
		server = SpringApplication.run(BenchmarkMvcApplication.class, "--server.port=0");
	}

	@Test
	void neitherWebFluxNorReactorNettyIsOnTheClassPath() {
		assertThat(ClassUtils.isPresent("org.springframework.web.reactive.DispatcherHandler", null)).isFalse();
		assertThat(ClassUtils.isPresent("reactor.netty.http.server.HttpServer", null)).isFalse();
	}

	@Test
	void helloIsTwelveBytesOfText() throws Exception {
		HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(uri("http", "/hello")).build(),
				BodyHandlers.ofString());

		assertThat(response.body()).isEqualTo("Hello World!");
	}

	@Test
	void whatComesGoesBack() throws Exception {
		Texts answers = new Texts();

		open("/echo", answers).sendText("tick", true).join();

		assertThat(answers.next()).isEqualTo("tick");
	}

	@Test
	void whatIsPublishedReachesSubscribersOfBothKinds() throws Exception {
		Texts subscriber = new Texts();
		open("/sub", subscriber);
		HttpRequest request = HttpRequest.newBuilder(uri("http", "/sse")).header("Accept", "text/event-stream").build();
		HttpResponse<Stream<String>> events = this.http.send(request, BodyHandlers.ofLines());
		Iterator<String> lines = events.body().iterator();

		open("/pub", new Texts()).sendText("news", true).join();

		assertThat(subscriber.next()).isEqualTo("news");
		assertThat(lines.next()).isEqualTo("data: news");
	}

	private WebSocket open(String path, Texts texts) throws Exception {
		return this.http.newWebSocketBuilder().buildAsync(uri("ws", path), texts).get(30, TimeUnit.SECONDS);
	}

	private static URI uri(String scheme, String path) {
		return URI.create(scheme + "://127.0.0.1:" + server.getEnvironment().getProperty("local.server.port") + path);
	}

	/** Text messages, in order. */
	private static final class Texts implements WebSocket.Listener {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.messages.add(data.toString());
			socket.request(1);
			return null;
		}

		String next() throws InterruptedException {
			return String.valueOf(this.messages.poll(30, TimeUnit.SECONDS));
		}

	}

}
