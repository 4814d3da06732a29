package io.iodine.autoconfigure;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.Upgrader;
import io.iodine.autoconfigure.FileServer.Answer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import io.iodine.edge.HttpEdge;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The edge of a whole application: in clear, under TLS, beside HTTP/2, and at upgrades.
 */
@SuppressWarnings("NullAway.Init")
class HttpEdgeTests {

	private static final String BAD = "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n";

	@TempDir
	static Path folder;

	@Test
	void octetsBeyondAsciiInATargetAreRefusedUnlessAllowed() {
		try (TestServer strict = TestServer.start();
				TestServer asBoot = TestServer.start("iodine.http.non-ascii-targets=true");
				RawPeer rejected = new RawPeer(strict.port());
				RawPeer served = new RawPeer(asBoot.port())) {
			rejected.get("/\u00c3\u00a4").expect(400);
			served.get("/\u00c3\u00a4").expect(404);
		}
	}

	@Test
	void limitsAreSetByProperties() throws IOException {
		try (FileServer server = FileServer.start("iodine.http.max-headers=3", "iodine.http.max-header-line=100B",
				"iodine.http.max-body-size=10B")) {

			assertThat(server.get("/", "A: b", "B: c").status()).isEqualTo(404);
			assertThat(server.get("/", "A: b", "B: c", "C: d").status()).isEqualTo(431);
			assertThat(server.get("/", "A: " + "b".repeat(100)).status()).isEqualTo(431);
			assertThat(server.send("POST", "/", "Content-Length: 11").status()).isEqualTo(413);
		}
	}

	@Test
	void aConnectionWithNothingToDoEndsAfterTheTimeout() throws IOException {
		try (FileServer server = FileServer.start("iodine.timeout=1s", "server.http2.enabled=true")) {
			String settings = "\0\0\0\4\0\0\0\0\0";

			assertThat(untilItEnds(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 404");
			assertThat(untilItEnds(server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings))
				.as("a frame of settings first")
				.startsWith("\0\0")
				.satisfies((bytes) -> assertThat(bytes.charAt(3)).isEqualTo('\4'));
		}
	}

	@Test
	void whatTheApplicationKeepsOpenIsNotIdle() throws IOException {
		try (FileServer server = FileServer.start(List.of(KeepsOpen.class), "iodine.timeout=1s");
				Socket webSocket = server.connect();
				Socket events = server.connect()) {
			FileServer.write(webSocket, FileServer.request("GET", "/own-socket", "Connection: Upgrade",
					"Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
			FileServer.write(events, FileServer.request("GET", "/own-events", "Accept: text/event-stream"));

			assertThat(whatComesBefore(webSocket, Duration.ofSeconds(2))).startsWith("HTTP/1.1 101");
			assertThat(whatComesBefore(events, Duration.ofSeconds(2))).startsWith("HTTP/1.1 200")
				.contains("data:first");
		}
	}

	@Test
	void keysOfBootWin() throws IOException {
		try (FileServer server = FileServer.start("server.max-http-request-header-size=200B",
				"server.netty.max-initial-line-length=100B", "iodine.http.max-header-size=1MB")) {

			assertThat(server.get("/", "A: " + "b".repeat(300)).status()).isEqualTo(431);
			assertThat(server.get("/" + "a".repeat(100)).status()).isEqualTo(414);
		}
	}

	@Test
	void itCanBeSwitchedOff() throws IOException {
		try (FileServer server = FileServer.start("iodine.http.enabled=false")) {

			Answer answer = server.get("/");

			assertThat(answer.header("date")).isNull();
			assertThat(server.context().getBeanNamesForType(HttpEdge.class)).isEmpty();
		}
	}

	@Test
	void aMethodThatIsNotAllowedIsToldWhichAre() throws IOException {
		try (FileServer server = FileServer.start(List.of(Greeting.class))) {

			Answer answer = server.send("DELETE", "/greeting");

			assertThat(answer.status()).isEqualTo(405);
			assertThat(answer.header("allow")).contains("GET").doesNotContain("DELETE");
		}
	}

	@Test
	void allowIsSentWithErrorAttributesOfTheApplication() throws IOException {
		try (FileServer server = FileServer.start(List.of(Greeting.class, OwnErrors.class))) {

			Answer answer = server.send("DELETE", "/greeting");

			assertThat(answer.header("allow")).contains("GET");
			assertThat(server.context().getBean(ErrorAttributes.class)).isInstanceOf(OwnErrors.Attributes.class);
		}
	}

	@RestController
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	static class Greeting {

		@GetMapping("/greeting")
		String greeting() {
			return "hello";
		}

	}

	/** Endpoints of plain WebFlux that say little. */
	@RestController
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	static class KeepsOpen {

		@GetMapping(path = "/own-events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events() {
			return Flux.just("first").concatWith(Flux.never());
		}

		@Bean
		HandlerMapping sockets() {
			WebSocketHandler silent = (session) -> session.receive().then();
			return new SimpleUrlHandlerMapping(Map.of("/own-socket", silent), Ordered.HIGHEST_PRECEDENCE);
		}

		/** Spring would choose by the class path, which holds other servers here. */
		@Bean
		WebSocketHandlerAdapter reactorNettySockets() {
			return new WebSocketHandlerAdapter(new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnErrors {

		@Bean
		Attributes attributes() {
			return new Attributes();
		}

		static final class Attributes extends DefaultErrorAttributes {

		}

	}

	@BeforeAll
	static void makeKeys() throws Exception {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "test", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
				"-storetype", "PKCS12", "-storepass", "secret", "-keystore", folder.resolve("keys.p12").toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
	}

	private static FileServer startWithTls(String... more) {
		List<String> all = new ArrayList<>(List.of("server.http2.enabled=true",
				"server.ssl.key-store=" + folder.resolve("keys.p12"), "server.ssl.key-store-password=secret"));
		all.addAll(List.of(more));
		return FileServer.start(all.toArray(String[]::new));
	}

	@Test
	void underTlsRequestsAreGuardedAfterTheProtocolWasChosen() throws Exception {
		try (FileServer server = startWithTls()) {
			SSLContext trusting = trusting();

			for (String protocol : List.of("", "http/1.1")) {
				try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
					.createSocket(InetAddress.getLoopbackAddress(), server.port())) {
					socket.setSoTimeout(20_000);
					if (!protocol.isEmpty()) {
						SSLParameters parameters = socket.getSSLParameters();
						parameters.setApplicationProtocols(new String[] { protocol });
						socket.setSSLParameters(parameters);
					}
					socket.getOutputStream().write(BAD.getBytes(StandardCharsets.ISO_8859_1));

					assertThat(FileServer.read(socket.getInputStream(), false).status()).isEqualTo(400);
					assertThat(socket.getInputStream().read()).isEqualTo(-1);
				}
			}
		}
	}

	@Test
	void http2UnderTlsHasADateAndLimits() throws Exception {
		try (FileServer server = startWithTls("iodine.http.max-body-size=10B")) {
			HttpClient client = HttpClient.newBuilder().sslContext(trusting()).version(Version.HTTP_2).build();

			HttpResponse<String> answer = client.send(
					HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/")).build(),
					HttpResponse.BodyHandlers.ofString());

			assertThat(answer.version()).isEqualTo(Version.HTTP_2);
			assertThat(answer.statusCode()).isEqualTo(404);
			assertThat(answer.headers().firstValue("date")).isPresent();
			assertThat(client
				.send(HttpRequest.newBuilder(answer.uri())
					.POST(HttpRequest.BodyPublishers.ofString("a".repeat(11)))
					.build(), HttpResponse.BodyHandlers.discarding())
				.statusCode()).isEqualTo(413);
		}
	}

	@Test
	void anUpgradeToHttp2InClearStillWorks() throws Exception {
		try (FileServer server = FileServer.start("server.http2.enabled=true")) {
			HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/")).build();

			HttpResponse<String> first = client.send(request, HttpResponse.BodyHandlers.ofString());
			HttpResponse<String> second = client.send(request, HttpResponse.BodyHandlers.ofString());

			assertThat(List.of(first.version(), second.version())).containsOnly(Version.HTTP_2);
			assertThat(List.of(first.statusCode(), second.statusCode())).containsOnly(404);
		}
	}

	@Test
	void badRequestsBesideHttp2InClearAreRefused() throws Exception {
		try (FileServer server = FileServer.start("server.http2.enabled=true"); Socket socket = server.connect()) {

			FileServer.write(socket, BAD);

			assertThat(FileServer.read(socket.getInputStream(), false).status()).isEqualTo(400);
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void octetsBehindAnUpgradeBelongToTheNewProtocol() throws Exception {
		Raw raw = new Raw();
		try (FileServer server = FileServer.start(List.of(FileServer.Application.class, Upgrading.class));
				Socket socket = server.connect()) {
			server.context().getBean(Upgrading.class).handler = raw;

			FileServer.write(socket,
					FileServer.request("GET", "/raw", "Connection: Upgrade", "Upgrade: own") + "ab\nGET");

			StringBuilder received = new StringBuilder();
			while (received.length() < 6) {
				String next = raw.received.poll(20, TimeUnit.SECONDS);
				assertThat(next).as("more than " + received).isNotNull();
				received.append(next);
			}
			assertThat(received).hasToString("ab\nGET");
		}
	}

	private static SSLContext trusting() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		InsecureTrustManagerFactory.INSTANCE.init((KeyStore) null);
		context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		return context;
	}

	/**
	 * What is read until nothing has come for a while; fails when the connection ends.
	 */
	private static String whatComesBefore(Socket socket, Duration silence) throws IOException {
		socket.setSoTimeout((int) silence.toMillis());
		StringBuilder read = new StringBuilder();
		try {
			for (int octet = socket.getInputStream().read(); octet >= 0; octet = socket.getInputStream().read()) {
				read.append((char) octet);
			}
		}
		catch (SocketTimeoutException ex) {
			return read.toString();
		}
		throw new EOFException("the connection ended behind " + read);
	}

	private static String untilItEnds(FileServer server, String octets) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	private static final class Raw implements ConnectionHandler {

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		@Override
		public void onMessage(Connection client, Message message) {
			this.received.add(message.asText());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Upgrading {

		private ConnectionHandler handler = new ConnectionHandler() {
		};

		@Bean
		@UpgradeHandler(value = "/raw", protocols = Protocol.RAW)
		Upgrader raw() {
			return (request) -> Upgrade.raw("own", this.handler);
		}

	}

}
