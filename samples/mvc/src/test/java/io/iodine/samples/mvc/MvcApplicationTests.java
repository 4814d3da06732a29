package io.iodine.samples.mvc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Two users with browsers of their own, as far as protocols go. */
class MvcApplicationTests {

	@AutoClose
	private static ConfigurableApplicationContext server;

	@BeforeAll
	static void start() {
		server = SpringApplication.run(MvcApplication.class, "--server.port=0");
	}

	@Test
	void neitherWebFluxNorReactorNettyIsOnTheClassPath() {
		assertThat(ClassUtils.isPresent("org.springframework.web.reactive.DispatcherHandler", null)).isFalse();
		assertThat(ClassUtils.isPresent("reactor.netty.http.server.HttpServer", null)).isFalse();
	}

	@Test
	void whoHasNotLoggedInSeesNothing() throws Exception {
		User stranger = new User();

		assertThat(stranger.get("/").uri().getPath()).isEqualTo("/login");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> stranger.chat(new Texts()));
	}

	@Test
	void aLineOfTheChatIsKeptAndReachesTheOthers() throws Exception {
		Texts seenByBob = new Texts();
		new User().login("bob").chat(seenByBob);

		new User().login("ann").chat(new Texts()).sendText("is anybody there?", true).join();

		assertThat(seenByBob.next()).isEqualTo("ann: is anybody there?");
		Texts seenLater = new Texts();
		new User().login("bob").chat(seenLater);
		assertThat(seenLater.next()).isEqualTo("ann: is anybody there?");
	}

	@Test
	void notificationsThatWereMissedComeLater() throws Exception {
		User ann = new User().login("ann");
		User bob = new User().login("bob");
		String lastId;
		try (BufferedReader events = ann.follow(null)) {
			assertThat(value(events, "data: ")).isEqualTo("Following");
			assertThat(bob.post("/notifications", "text=first").statusCode()).isEqualTo(202);
			lastId = idOf(events, "data: first (bob)");
		}

		bob.post("/notifications", "text=second");

		try (BufferedReader events = ann.follow(lastId)) {
			String event = value(events, "data: ");
			assertThat(event.equals("Following") ? value(events, "data: ") : event).isEqualTo("second (bob)");
		}
	}

	/** The last id up to a line: one may also come with no event, at the beginning. */
	private static String idOf(BufferedReader events, String wanted) throws IOException {
		String id = "";
		String line = events.readLine();
		while (line != null && !line.equals(wanted)) {
			id = line.startsWith("id: ") ? line.substring("id: ".length()) : id;
			line = events.readLine();
		}
		assertThat(line).as("the line " + wanted).isNotNull();
		return id;
	}

	private static String value(BufferedReader events, String field) throws IOException {
		String line = events.readLine();
		while (line != null && !line.startsWith(field)) {
			line = events.readLine();
		}
		assertThat(line).as("the line of the next " + field).isNotNull();
		return line.substring(field.length());
	}

	/** A user, whose client keeps the session. */
	private static final class User {

		private final HttpClient http = HttpClient.newBuilder()
			.cookieHandler(new CookieManager())
			.followRedirects(HttpClient.Redirect.NORMAL)
			.build();

		User login(String name) throws Exception {
			HttpResponse<String> page = send(HttpRequest.newBuilder(uri("http", "/login")));
			Matcher token = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(page.body());
			assertThat(token.find()).isTrue();
			HttpResponse<String> answer = send(
					form("/login", "username=" + name + "&password=secret&_csrf=" + encoded(token.group(1))));
			assertThat(answer.body()).contains("<title>The shop</title>");
			return this;
		}

		HttpResponse<String> get(String path) throws Exception {
			return send(HttpRequest.newBuilder(uri("http", path)));
		}

		HttpResponse<String> post(String path, String fields) throws Exception {
			Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(get("/csrf").body());
			assertThat(token.find()).isTrue();
			return send(form(path, fields).header("X-CSRF-TOKEN", token.group(1)));
		}

		WebSocket chat(Texts texts) throws Exception {
			return this.http.newWebSocketBuilder().buildAsync(uri("ws", "/chat"), texts).get(30, TimeUnit.SECONDS);
		}

		BufferedReader follow(@Nullable String lastId) throws Exception {
			HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", "/notifications"))
				.header("Accept", "text/event-stream");
			if (lastId != null) {
				request.header("Last-Event-ID", lastId);
			}
			return new BufferedReader(new InputStreamReader(
					this.http.send(request.build(), BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
		}

		private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
			return this.http.send(request.build(), BodyHandlers.ofString());
		}

		private static HttpRequest.Builder form(String path, String fields) {
			return HttpRequest.newBuilder(uri("http", path))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString(fields));
		}

		private static String encoded(String value) {
			return URLEncoder.encode(value, StandardCharsets.UTF_8);
		}

		private static URI uri(String scheme, String path) {
			return URI
				.create(scheme + "://127.0.0.1:" + server.getEnvironment().getProperty("local.server.port") + path);
		}

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
