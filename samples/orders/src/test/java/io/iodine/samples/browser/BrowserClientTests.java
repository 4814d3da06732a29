package io.iodine.samples.browser;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.iodine.ChannelAuthorizer;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of {@code iodine.js} in the Chromium of this machine. */
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "|true")
@Timeout(180)
class BrowserClientTests {

	private static final Path SCRIPTS = Path.of("src", "test", "browser");

	private static Process redis;

	private static int redisPort;

	private static CuttingProxy proxy;

	private static ConfigurableApplicationContext server;

	private static Process browser;

	private static BufferedReader answers;

	@BeforeAll
	static void start() throws Exception {
		Process install = new ProcessBuilder("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund")
			.directory(SCRIPTS.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(install.waitFor(120, TimeUnit.SECONDS) && install.exitValue() == 0).as("npm ci").isTrue();
		try (ServerSocket free = new ServerSocket(0)) {
			redisPort = free.getLocalPort();
		}
		redis = new ProcessBuilder("redis-server", "--port", Integer.toString(redisPort), "--save", "", "--bind",
				"127.0.0.1")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		server = run();
		proxy = new CuttingProxy(port());
		browser = new ProcessBuilder("node", "iodine.test.js", "http://127.0.0.1:" + proxy.port(),
				chromium().toString())
			.directory(SCRIPTS.toFile())
			.redirectErrorStream(true)
			.start();
		answers = browser.inputReader(StandardCharsets.UTF_8);
	}

	@AfterAll
	static void stop() throws Exception {
		browser.descendants().forEach(ProcessHandle::destroy);
		browser.destroy();
		proxy.close();
		server.close();
		redis.destroy();
	}

	@Test
	void eventsAreAcknowledgedOrTimeOut() throws Exception {
		connect("/desk", "{}");

		assertThat(ask("client.request('double', 21)")).isEqualTo("42");
		assertThat(ask("client.request('unknown', 1).catch((e) => e.status)")).isEqualTo("400");
		assertThat(ask("client.request('silent', 1, { timeout: 50 }).catch((e) => e.status)")).isEqualTo("504");
		assertThat(ask("client.publish('news', 'mine').then(() => until(() => heard.includes('mine')))"))
			.isEqualTo("undefined");
	}

	@Test
	void membersAreFollowed() throws Exception {
		connect("/desk", "{}");
		assertThat(ask("client.request('join', 'Ada').then(() => until(() => people.get('Ada')?.mood === 'fine'))"))
			.isEqualTo("undefined");
		ask("client.request('leave').then(() => until(() => !people.has('Ada')))");
		assertThat(ask("people.size")).isEqualTo("0");
	}

	@Test
	void aProxyThatCutsCostsNoMessage() throws Exception {
		connect("/desk", "{}");
		publish("before");
		ask("until(() => heard.includes('before'))");

		proxy.refuse(true);
		proxy.cut();
		ask("until(() => client.state !== 'open')");
		publish("missed");
		proxy.refuse(false);
		ask("until(() => heard.includes('missed'))");
		publish("after");
		ask("until(() => heard.includes('after'))");

		assertThat(ask("heard.join()")).isEqualTo("\"before,missed,after\"");
		assertThat(ask("seen.some((entry) => entry.startsWith('reset'))")).isEqualTo("false");
	}

	@Test
	void aRestartOfTheServerCostsNoMessage() throws Exception {
		connect("/desk", "{}");
		publish("old");
		ask("until(() => heard.includes('old'))");

		server.close();
		ask("until(() => client.state !== 'open')");
		server = run();
		publish("new");
		proxy.target(port());
		ask("until(() => heard.includes('new'))");

		assertThat(ask("heard.join()")).isEqualTo("\"old,new\"");
		assertThat(ask("client.request('double', 1)")).isEqualTo("2");
	}

	@Test
	void closeCodesSayWhatFollows() throws Exception {
		connect("/desk", "{}");
		ask("client.send('close', 4403)");
		ask("until(() => seen.includes('close 4403'))");
		assertThat(ask("client.state")).isEqualTo("\"closed\"");

		connect("/desk", "{}");
		ask("client.send('close', 1001)");
		ask("until(() => seen.join().endsWith('waiting,connecting,open'))");

		connect("/desk", "{ authorize: () => { window.renewed = (window.renewed ?? 0) + 1 } }");
		ask("client.send('close', 4401)");
		ask("until(() => window.renewed === 1 && seen.join().endsWith('waiting,connecting,open'))");

		connect("/desk", "{}");
		ask("client.send('close', 4401)");
		ask("until(() => seen.includes('close 4401'))");

		connect("/desk", "{ maxDelay: 6000 }");
		ask("window.began = performance.now()");
		ask("client.send('close', 1013)");
		ask("until(() => seen.join().endsWith('waiting,connecting,open'))");
		assertThat(ask("performance.now() - began >= 2500")).isEqualTo("true");
	}

	@Test
	void whereWebSocketsAreBlockedAnEventStreamReceives() throws Exception {
		connect("/stream", "{ events: ['tick'] }");

		assertThat(ask("client.transport")).isEqualTo("\"eventsource\"");
		ask("until(() => heard.includes('tock'))");
		assertThat(ask("client.send('double', 1)")).isEqualTo("false");
	}

	private static void connect(String path, String options) throws IOException {
		ask("window.client?.close()");
		await().until(() -> !isSubscribed());
		ask("start('" + path + "', " + options + ")");
		ask("until(() => client.state === 'open')");
		await().until(() -> isSubscribed() == path.equals("/desk"));
	}

	private static boolean isSubscribed() {
		return server.getBean(PubSub.class).channels().stream().anyMatch((channel) -> channel.name().equals("news"));
	}

	private static void publish(String text) throws Exception {
		server.getBean(PubSub.class)
			.publishConfirmed("news", Message.text("\"" + text + "\""))
			.toCompletableFuture()
			.get(30, TimeUnit.SECONDS);
	}

	/** Evaluates an expression in the page. */
	private static String ask(String expression) throws IOException {
		browser.outputWriter(StandardCharsets.UTF_8).append(expression).append('\n').flush();
		StringBuilder output = new StringBuilder();
		for (String line = answers.readLine(); line != null; line = answers.readLine()) {
			if (line.startsWith("= ")) {
				assertThat(line).as(expression).doesNotStartWith("= \"failed");
				return line.substring(2);
			}
			output.append(line).append('\n');
		}
		throw new AssertionError("The browser has ended: " + output);
	}

	private static ConfigurableApplicationContext run() {
		return new SpringApplicationBuilder(Application.class).run("--server.port=0",
				"--iodine.redis.url=redis://127.0.0.1:" + redisPort, "--iodine.pubsub.history.channels=news",
				"--iodine.pubsub.presence.damping=200ms", "--spring.sql.init.mode=never");
	}

	private static int port() {
		return server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	private static Path chromium() {
		return Stream
			.concat(Stream.ofNullable(System.getenv("CHROMIUM")),
					Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
						.flatMap((folder) -> Stream.of(folder + "/chromium", folder + "/google-chrome")))
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst()
			.orElseThrow();
	}

	/** A server without a login. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	@Import({ Desk.class, Ticker.class })
	static class Application {

		@Bean
		RouterFunction<ServerResponse> blank() {
			return RouterFunctions.route().GET("/blank.html", (request) -> ServerResponse.ok().bodyValue("")).build();
		}

		@Bean
		ChannelAuthorizer channels() {
			return new ChannelAuthorizer() {

				@Override
				public boolean maySubscribe(Optional<Principal> user, String channel) {
					return true;
				}

				@Override
				public boolean mayPublish(Optional<Principal> user, String channel) {
					return true;
				}

			};
		}

	}

	/** Answers events. */
	@UpgradeHandler("/desk")
	static class Desk {

		@OnMessage("double")
		int twice(int number) {
			return 2 * number;
		}

		@OnMessage("silent")
		CompletableFuture<String> silent() {
			return new CompletableFuture<>();
		}

		@OnMessage("join")
		void join(Connection client, String name) {
			client.join("room", name, Map.of("mood", "fine"));
		}

		@OnMessage("leave")
		void leave(Connection client) {
			client.leave("room");
		}

		@OnMessage("close")
		void close(Connection client, int code) {
			client.close(code, "as you wish");
		}

	}

	/** Speaks no WebSocket. */
	@UpgradeHandler(value = "/stream", protocols = Protocol.SSE)
	static class Ticker {

		@OnOpen
		void open(Connection client) {
			client.write(Message.text("\"tock\"").event("tick"));
		}

	}

}
