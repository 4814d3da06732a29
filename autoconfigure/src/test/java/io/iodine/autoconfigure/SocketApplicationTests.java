package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.UnloggableException;
import io.iodine.UpgradeHandler;
import io.iodine.WorkerInfo;
import io.iodine.connection.Recorder;
import io.iodine.net.Client;
import io.iodine.net.ClientOptions;
import io.iodine.net.Clients;
import io.iodine.net.Connector;
import io.iodine.net.Iodine;
import io.iodine.net.IodineClient;
import io.iodine.net.Listener;
import io.iodine.net.Listeners;
import io.iodine.task.LifecycleState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

/**
 * Listeners and clients of whole applications.
 */
@Timeout(120)
class SocketApplicationTests {

	private static final String ECHO = "iodine.listeners.raw.handler=rawEcho";

	@TempDir
	Path folder;

	private final List<ConfigurableApplicationContext> started = new ArrayList<>();

	@AfterEach
	void close() {
		this.started.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void propertiesAloneOpenAListenerWithoutAWebServer() throws IOException {
		ConfigurableApplicationContext application = start(WebApplicationType.NONE,
				"iodine.listeners.raw.url=tcp://127.0.0.1:0", ECHO);

		assertThat(echoed(port(application, "raw"), "hello")).isEqualTo("hello");
		assertThat(keepAliveThreads()).contains("iodine-listeners");
		application.close();
		assertThat(keepAliveThreads()).doesNotContain("iodine-listeners");
	}

	@Test
	void listenersStandBesideTheWebServerAndInBeans() throws IOException {
		ConfigurableApplicationContext application = start(WebApplicationType.REACTIVE,
				"iodine.listeners.raw.url=tcp://127.0.0.1:0", ECHO, "iodine.listeners.raw.framer=length-prefixed",
				"iodine.listeners.unix.url=unix:" + this.folder.resolve("app.sock"),
				"iodine.listeners.unix.handler=rawEcho", "iodine.listeners.unix.permissions=rw-------");
		String message = "\5\0\0\0\0\0\0\0hello";

		assertThat(echoed(port(application, "raw"), message)).isEqualTo(message);
		assertThat(echoed(port(application, "lines"), "hello\r\n")).isEqualTo("hello\n");
		assertThat(unixEcho("hello")).isEqualTo("hello");
		Listeners listeners = application.getBean(Listeners.class);
		assertThat(listeners.active()).hasSize(3);
		int port = listeners.add(Listener.on("tcp://127.0.0.1:0", new Echo()).name("late")).port();
		assertThat(echoed(port, "late")).isEqualTo("late");
		application.close();
		assertThat(this.folder.resolve("app.sock")).doesNotExist();
	}

	@Test
	void theWebServerListensOnFurtherPortsAndOnAUnixSocket() throws Exception {
		ConfigurableApplicationContext application = start(WebApplicationType.REACTIVE,
				"iodine.listeners.web.url=http://127.0.0.1:0", "iodine.listeners.secure.url=https://127.0.0.1:0",
				"iodine.listeners.unix.url=http+unix:" + this.folder.resolve("app.sock"),
				"iodine.listeners.unix.permissions=rw-------");
		Recorder plain = new Recorder();
		Recorder unix = new Recorder();
		Connector connector = application.getBean(Connector.class);

		connector.connect(URI.create("ws://127.0.0.1:" + port(application, "web") + "/chat"), plain);
		connector.connect(URI.create("ws://localhost/chat"), unix,
				ClientOptions.DEFAULTS.unixSocket(this.folder.resolve("app.sock").toString()));

		assertThat(port(application, "secure")).isPositive();
		for (Recorder recorder : List.of(plain, unix)) {
			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(recorder.events.next()).isEqualTo("text welcome");
		}
		application.close();
		// both ends are of this application, and either may be closed first
		assertThat(plain.events.next()).matches("shutdown.*|close PEER 1001");
		assertThat(this.folder.resolve("app.sock")).doesNotExist();
	}

	@Test
	void aPortOfTheWebServerHasHandlersOfItsOwn() throws Exception {
		ConfigurableApplicationContext application = start(WebApplicationType.REACTIVE,
				"iodine.listeners.admin.url=http://127.0.0.1:0", "iodine.listeners.admin.handler=adminRoutes");

		assertThat(status(port(application, "admin"), "/admin")).isEqualTo("HTTP/1.1 200 OK");
		assertThat(status(port(application, "admin"), "/other")).startsWith("HTTP/1.1 404");
		assertThat(
				status(application.getEnvironment().getRequiredProperty("local.server.port", Integer.class), "/admin"))
			.as("of the application")
			.startsWith("HTTP/1.1 404");
	}

	@Test
	void whatIsNoHandlerOfAWebServerFailsTheStart() {
		Throwable failure = catchThrowable(() -> start(WebApplicationType.REACTIVE,
				"iodine.listeners.admin.url=http://127.0.0.1:0", "iodine.listeners.admin.handler=rawEcho"));

		assertThat(rejected(failure)).contains("iodine.listeners.admin.handler", "WebHandler");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void connectionsOfAListenerAreLoggedOnRequest(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext application = start(WebApplicationType.NONE,
				"iodine.listeners.raw.url=tcp://127.0.0.1:0", ECHO, "iodine.listeners.raw.log=true",
				"logging.level.io.iodine.listener=INFO");

		assertThat(echoed(port(application, "raw"), "hello")).isEqualTo("hello");
		application.close();

		assertThat(output.getOut()).containsPattern("listener\\.raw.*127.0.0.1:\\d+ has connected")
			.containsPattern("listener\\.raw.*127.0.0.1:\\d+ has closed after \\d+ ms");
	}

	private static String status(int port, String path) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream()
				.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).lines()
				.findFirst()
				.orElse("");
		}
	}

	@Test
	void listenersListenAgainAfterARestartOfTheContext() throws IOException {
		ConfigurableApplicationContext application = start(WebApplicationType.NONE,
				"iodine.listeners.raw.url=tcp://127.0.0.1:0", ECHO);
		application.stop();

		application.start();

		assertThat(echoed(port(application, "raw"), "hello")).isEqualTo("hello");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			url=ftp://host:1          | iodine.listeners.raw.url
			url=tcp://127.0.0.1:70000 | iodine.listeners.raw.url
			url=tcp://127.0.0.1       | iodine.listeners.raw.url
			url=tcp://                | iodine.listeners.raw.url
			url=unix:                 | iodine.listeners.raw.url
			url=unix:/no/such/folder  | iodine.listeners.raw.url
			handler=nobody            | iodine.listeners.raw.handler
			handler=                  | iodine.listeners.raw.handler
			framer=delimiter          | iodine.listeners.raw.delimiter
			delimiter=;               | iodine.listeners.raw.delimiter
			max-message-size=0B       | iodine.listeners.raw.max-message-size
			timeout=-1s               | iodine.listeners.raw.timeout
			permissions=rw-rw-rw-     | iodine.listeners.raw.permissions
			backlog=0                 | iodine.listeners.raw.backlog
			tls.bundle=web            | iodine.listeners.raw.tls
			url=http://127.0.0.1:0    | iodine.listeners.raw
			framr=line                | iodine.listeners.raw.framr
			""")
	void whatIsWrongFailsTheStartAndIsNamed(String setting, String property) {
		Throwable failure = catchThrowable(() -> start(WebApplicationType.NONE,
				"iodine.listeners.raw.url=tcp://127.0.0.1:0", ECHO, "iodine.listeners.raw." + setting));

		assertThat(NestedExceptionUtils.getMostSpecificCause(failure).getMessage() + rejected(failure))
			.contains(property);
	}

	@Test
	void aPathThatIsTooLongFailsTheStart() {
		Throwable failure = catchThrowable(
				() -> start(WebApplicationType.NONE, "iodine.listeners.raw.url=unix:/tmp/" + "x".repeat(110), ECHO));

		assertThat(rejected(failure)).contains("iodine.listeners.raw.url", "107 bytes");
	}

	@Test
	void aPortInUseFailsTheStartUnlessAWarningIsEnough() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String[] properties = { "iodine.listeners.raw.url=tcp://127.0.0.1:" + taken.getLocalPort(), ECHO };
			Throwable failure = catchThrowable(() -> start(WebApplicationType.NONE, properties));
			assertThat(rejected(failure)).contains("iodine.listeners.raw.url", Integer.toString(taken.getLocalPort()));

			ConfigurableApplicationContext application = start(WebApplicationType.NONE, properties[0], properties[1],
					"iodine.listeners.on-bind-failure=warn");

			assertThat(application.getBean(Listeners.class).find("raw")).isEmpty();
			assertThat(application.getBean(Listeners.class).find("lines")).isPresent();
		}
	}

	@Test
	void theFacadeListensConnectsTimesAndFollowsStates() throws Exception {
		ConfigurableApplicationContext application = start(WebApplicationType.NONE);
		Iodine iodine = application.getBean(Iodine.class);
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		iodine.subscribe("news", (channel, message) -> heard.add(message.asText()));
		iodine.onState(LifecycleState.START_SHUTDOWN, () -> heard.add("first " + iodine.isRunning()));
		iodine.onState(LifecycleState.START_SHUTDOWN, () -> {
			throw new NoClassDefFoundError("a class of the callback");
		});
		iodine.onState(LifecycleState.START_SHUTDOWN, () -> {
			throw new UnloggableException();
		});
		iodine.onState(LifecycleState.START_SHUTDOWN, () -> heard.add("second"));
		iodine.onState(LifecycleState.FINISH, () -> heard.add("finished"));

		iodine.listen(Listener.on("tcp://127.0.0.1:0", new Echo()).name("late"));
		iodine.runAfter(Duration.ofMillis(10), () -> iodine.publish("news", "hello"));

		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");
		assertThat(application.getBean(Listeners.class).find("late")).isPresent();
		assertThat(iodine.isRunning()).isTrue();
		iodine.stop();
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("second");
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("first false");
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("finished");
	}

	@Test
	void theFacadeKnowsThisProcessOfTheCluster() {
		Iodine alone = start(WebApplicationType.NONE).getBean(Iodine.class);
		assertThat(alone.isMaster()).isTrue();
		assertThat(alone.isWorker()).isTrue();
		assertThat(alone.worker()).isEqualTo(1);
		assertThat(alone.generation()).isEqualTo(1);

		Iodine worker = new IodineFacade(mock(), mock(), mock(), mock(), mock(), new WorkerInfo(2, 3, 4, false));
		assertThat(worker.isMaster()).isFalse();
		assertThat(worker.isWorker()).isTrue();
		assertThat(worker.worker()).isEqualTo(2);
		assertThat(worker.generation()).isEqualTo(3);
	}

	@Test
	void anAnnotatedClientConnectsAndIsConnectedAgain() throws Exception {
		ConfigurableApplicationContext server = start(WebApplicationType.REACTIVE);
		int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		ConfigurableApplicationContext application = start(WebApplicationType.NONE,
				"iodine.clients.feed.url=ws://127.0.0.1:" + port + "/chat", "iodine.clients.feed.handler=feed",
				"iodine.clients.feed.min-delay=10ms", "iodine.clients.feed.max-delay=100ms");
		BlockingQueue<String> heard = application.getBean(Feed.class).heard;

		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("text welcome");
		Client client = application.getBean(Clients.class).find("feed").orElseThrow();
		assertThat(client.write("hi")).isTrue();
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("text hi");
		assertThat(client.write(Message.binary(new byte[70_000]))).isTrue();
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("binary 70000");
		client.connection().orElseThrow().forceClose();
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("text welcome");
	}

	@Test
	void aScopedProxyAndItsTargetAreOneClient() {
		ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class, ScopedFeed.class)
			.web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=off", "spring.jmx.enabled=false")
			.run();
		this.started.add(application);

		assertThat(application.getBean(Clients.class).all()).extracting(Client::name).containsExactly("scopedFeed");
	}

	@Test
	void aSubprotocolIsAgreedOn() {
		ConfigurableApplicationContext server = start(WebApplicationType.REACTIVE);
		int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		Recorder recorder = new Recorder();

		Connection client = server.getBean(Connector.class)
			.connect(URI.create("ws://127.0.0.1:" + port + "/sub"), recorder,
					ClientOptions.DEFAULTS.subprotocols("v9", "v1"));

		assertThat(recorder.events.next()).isEqualTo("open");
		assertThat(client.subprotocol()).contains("v1");
		client.close(4000, "done");
		assertThat(recorder.events.next()).isEqualTo("close LOCAL 4000 done");
	}

	private ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class).web(type)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"logging.level.root=warn", "spring.jmx.enabled=false")
			.properties(properties);
		ConfigurableApplicationContext context = builder.run();
		this.started.add(context);
		return context;
	}

	private static String rejected(Throwable failure) {
		StringBuilder text = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			text.append(cause.getMessage()).append('\n');
		}
		return text.toString();
	}

	private static int port(ConfigurableApplicationContext application, String name) {
		return application.getEnvironment().getRequiredProperty("local.iodine." + name + ".port", Integer.class);
	}

	private static String echoed(int port, String text) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private String unixEcho(String text) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(this.folder.resolve("app.sock")));
			channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
			ByteBuffer read = ByteBuffer.allocate(text.length());
			while (read.hasRemaining() && channel.read(read) >= 0) {
				assertThat(channel.isOpen()).isTrue();
			}
			return new String(read.array(), StandardCharsets.UTF_8);
		}
	}

	private static List<String> keepAliveThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !thread.isDaemon())
			.map(Thread::getName)
			.toList();
	}

	/** Listens by a bean, and has handlers. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
	static class Application {

		@Bean
		WebHandler adminRoutes() {
			return RouterFunctions.toWebHandler(
					RouterFunctions.route(RequestPredicates.GET("/admin"), (request) -> ServerResponse.ok().build()));
		}

		@Bean
		ConnectionHandler rawEcho() {
			return new Echo();
		}

		@Bean
		Listener lines() {
			return Listener.on("tcp://127.0.0.1:0", new Echo()).framer(Framer.line());
		}

		@Bean
		@UpgradeHandler("/chat")
		ConnectionHandler chat() {
			return new Welcome();
		}

		@Bean
		@UpgradeHandler(value = "/sub", subprotocols = "v1")
		ConnectionHandler sub() {
			return new Echo();
		}

		@Bean
		Feed feed() {
			return new Feed();
		}

	}

	/** Sends back what comes. */
	static class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Greets too. */
	static final class Welcome extends Echo {

		@Override
		public void onOpen(Connection client) {
			client.write("welcome");
		}

	}

	/** Records what it hears. */
	static final class Feed implements ConnectionHandler {

		private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		@Override
		public void onMessage(Connection client, Message message) {
			this.heard.add(message.isText() ? "text " + message.asText() : "binary " + message.size());
		}

	}

	/** Nothing listens where it connects to. */
	@Component("scopedFeed")
	@IodineClient(url = "tcp://127.0.0.1:1")
	@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class ScopedFeed implements ConnectionHandler {

	}

}
