package io.iodine.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.PathMatchConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is served to requests that offer, name or ask for something besides the
 * usual handshake.
 */
class OfferedUpgradeTests {

	private static final String EVENTS = "Accept: text/event-stream";

	@AutoClose
	private static TestServer server;

	@AutoClose
	private RawPeer peer;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Beans.class), "ws.path=/placed",
				"ws.origins=https://one.example,https://two.example", "logging.level.io.iodine=off",
				"logging.level.org.springframework=off", "iodine.allowed-origins=https://app.example/");
	}

	@BeforeEach
	void connect() {
		this.peer = new RawPeer(server.port());
	}

	@ParameterizedTest
	@CsvSource({ "/events, TLS/1.2", "/events, HTTP/2.0", "/events, something", "/controller, TLS/1.2",
			"/controller, something", "/sockets-too, 'TLS/1.2, h2c'" })
	void anOfferThatNothingWantsHidesNoEventStream(String path, String offer) {
		Head head = this.peer.get(path, EVENTS, "Connection: Upgrade", "Upgrade: " + offer).expect(200);

		assertThat(head.header("content-type")).isEqualTo("text/event-stream");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS/1.2", "HTTP/2.0", "something" })
	void acceptingAnOfferThatTheAnswerDoesNotNameSwitchesToNothing(String offer) {
		Head head = this.peer.get("/controller", "Connection: Upgrade", "Upgrade: " + offer).expect(200);

		assertThat(head.header("content-length")).isEqualTo("0");
	}

	@Test
	void aHandlerThatServesRawNeverSwitchesToAProtocolOfTheServer() {
		this.peer.get("/raw", "Connection: Upgrade", "Upgrade: TLS/1.2").expect(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00e4", "mine;a", "\"mine\"", "mine/", "/1", "a b" })
	void aHandlerThatServesRawTakesNoOfferThatIsNoProtocol(String offer) {
		this.peer.get("/raw", "Connection: Upgrade", "Upgrade: " + offer).expect(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/raw", "/sockets" })
	void anOfferOfHttp10IsIgnored(String path) {
		this.peer.send("GET " + path + " HTTP/1.0\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
				+ (path.equals("/raw") ? "mine" : "websocket")
				+ "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

		assertThat(this.peer.head().status()).isNotEqualTo(101);
	}

	@Test
	void aHandlerThatServesRawTakesWhatIsOffered() {
		Head head = this.peer.get("/raw", "Connection: Upgrade", "Upgrade: TLS/1.2, mine", EVENTS).expect(101);

		assertThat(head.header("upgrade")).isEqualTo("mine");
	}

	@Test
	void aHandshakeThatNothingWantsHidesNoEventStream() {
		Head head = this.peer.handshake("/events", EVENTS).expect(200);

		assertThat(head.header("content-type")).isEqualTo("text/event-stream");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/placed", "/PLACED" })
	void placeholdersAndThePathMatchingOfSpringHoldForHandlers(String path) {
		this.peer.handshake(path, "Sec-WebSocket-Protocol: v1", "Origin: https://two.example").expect(101);
	}

	@Test
	void aControllerServesAnEventStreamToAPost() {
		this.peer.request("POST", "/ask", EVENTS, "Content-Length: 4", "Content-Type: text/plain");
		this.peer.send("who?");

		this.peer.expect(200);

		assertThat(this.peer.event()).isEqualTo("data: who?\n\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "DELETE" })
	void anotherMethodOnThePathOfAHandlerIs405(String method) {
		Head head = this.peer.request(method, "/events", "Content-Length: 0").expect(405);

		assertThat(head.header("allow")).contains("GET", "HEAD", "OPTIONS");
	}

	@Test
	void optionsNamesTheMethods() {
		Head head = this.peer.request("OPTIONS", "/sockets").expect(200);

		assertThat(head.header("allow")).contains("GET", "OPTIONS").doesNotContain("HEAD");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/events", "/controller" })
	void headHasTheHeadOfAnEventStream(String path) {
		Head head = this.peer.request("HEAD", path, EVENTS).expect(200);

		assertThat(head.header("content-type")).isEqualTo("text/event-stream");
	}

	@Test
	void aPathOfNoHandlerIsLeftToTheApplication() {
		this.peer.request("POST", "/elsewhere", "Content-Length: 0").expect(404);
	}

	@Test
	void aMalformedElementOfAcceptIsSkipped() {
		this.peer.get("/events", "Accept: foo, text/event-stream").expect(200);
	}

	@Test
	void theLastEventIdIsUtf8() {
		String octets = new String("ü€😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

		this.peer.get("/events/seen", EVENTS, "Last-Event-ID: " + octets).expect(200);

		assertThat(this.peer.event()).isEqualTo("data: true\n\n");
	}

	@Test
	void anUpgraderThatAnswersNullIsAnError() {
		this.peer.handshake("/null").expect(500);
	}

	@Test
	void aRequiredUpgradeIsNamed() {
		Head head = this.peer.get("/sockets", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8")
			.expect(426);

		assertThat(head.header("upgrade")).isEqualTo("websocket");
	}

	@Test
	void aPageOfAnAllowedOriginMayAskBeforeItFetchesEvents() {
		Head head = preflight("/events", "https://app.example");

		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("access-control-allow-origin")).isEqualTo("https://app.example");
		assertThat(head.header("access-control-allow-headers")).contains("authorization", "last-event-id");
		assertThat(head.header("access-control-allow-methods")).contains("GET");
		assertThat(head.headers()).doesNotContainKey("access-control-allow-credentials");
	}

	@ParameterizedTest
	@CsvSource({ "/events, https://other.example", "/sockets, https://app.example" })
	void anyOtherPreflightGetsNoAccess(String path, String origin) {
		assertThat(preflight(path, origin).headers()).doesNotContainKey("access-control-allow-origin");
	}

	@Test
	void anOriginThatSpringsConfigurationNamesMayConnect() {
		this.peer.handshake("/sockets", "Origin: https://mapped.example").expect(101);
	}

	@Test
	void anyOtherOriginMayNot() {
		this.peer.handshake("/sockets", "Origin: https://other.example").expect(403);
	}

	private Head preflight(String path, String origin) {
		return this.peer
			.request("OPTIONS", path, "Origin: " + origin, "Access-Control-Request-Method: GET",
					"Access-Control-Request-Headers: authorization,last-event-id")
			.head();
	}

	/** Serves event streams only, and tells whether it reads the last event's id. */
	@UpgradeHandler(value = { "/events", "/events/seen" }, protocols = Protocol.SSE)
	static class Events implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.request()
				.flatMap(UpgradeRequest::lastEventId)
				.ifPresent((id) -> client.write(String.valueOf(id.equals("ü€😀"))));
		}

	}

	/** Serves WebSockets only. */
	@UpgradeHandler(value = "/sockets", protocols = Protocol.WEBSOCKET)
	static class Sockets implements ConnectionHandler {

	}

	/** Serves both. */
	@UpgradeHandler("/sockets-too")
	static class SocketsToo implements ConnectionHandler {

	}

	/** Serves bytes. */
	@UpgradeHandler(value = "/raw", protocols = Protocol.RAW)
	static class Raw implements ConnectionHandler {

	}

	/** Is configured by properties. */
	@UpgradeHandler(value = "${ws.path}", subprotocols = "${ws.sub:v1}", allowedOrigins = "${ws.origins}")
	static class Placed implements ConnectionHandler {

	}

	/** Forgets to answer. */
	@UpgradeHandler("/null")
	static class Forgetful implements Upgrader {

		@Override
		@SuppressWarnings("NullAway") // the mistake under test
		public Upgrade upgrade(UpgradeRequest request) {
			return null;
		}

	}

	/** Upgrades by itself. */
	@RestController
	static class Pages {

		@GetMapping("/controller")
		Upgrade controller() {
			return Upgrade.accept(new SocketsToo());
		}

		@PostMapping("/ask")
		Upgrade ask(@RequestBody String question) {
			return Upgrade.accept(new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.write(question);
				}

			});
		}

	}

	/** All of them, under the application's own rules of paths and origins. */
	@Configuration(proxyBeanMethods = false)
	@Import({ Events.class, Sockets.class, SocketsToo.class, Raw.class, Placed.class, Forgetful.class, Pages.class })
	static class Beans implements WebFluxConfigurer {

		@Override
		public void configurePathMatching(PathMatchConfigurer configurer) {
			configurer.setUseCaseSensitiveMatch(false);
		}

		@Override
		public void addCorsMappings(CorsRegistry registry) {
			registry.addMapping("/sockets").allowedOrigins("https://mapped.example");
		}

	}

}
