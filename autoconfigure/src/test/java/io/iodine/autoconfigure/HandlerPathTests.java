package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;

/** What the path of a handler answers to any request, alike on each web server. */
@ParameterizedClass
@ValueSource(strings = { "netty", "tomcat", "jetty" })
class HandlerPathTests {

	private static final String EVENTS = "Accept: text/event-stream";

	private static final Map<String, TestServer> SERVERS = new ConcurrentHashMap<>();

	@AutoClose
	private final RawPeer peer;

	HandlerPathTests(String name) {
		TestServer server = SERVERS.computeIfAbsent(name,
				(key) -> TestServer.start(List.of(Handlers.class, OnWebFlux.class, OnSpringMvc.class),
						"test.server=" + key, "iodine.allowed-origins=https://app.example",
						"logging.level.io.iodine=off", "logging.level.org=off"));
		this.peer = new RawPeer(server.port());
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(TestServer::close);
		SERVERS.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "DELETE" })
	void anotherMethodIs405(String method) {
		Head head = this.peer.request(method, "/events", "Content-Length: 0").expect(405);

		assertThat(head.header("allow").split(", *")).containsExactlyInAnyOrder("GET", "HEAD", "OPTIONS");
	}

	@Test
	void aControllerAtThePathServesItsMethod() {
		this.peer.request("POST", "/shared", "Content-Length: 0").expect(201);
	}

	@Test
	void optionsNamesTheMethodsOfAnEventStream() {
		Head head = this.peer.request("OPTIONS", "/events").expect(200);

		assertThat(head.header("allow").split(", *")).containsExactlyInAnyOrder("GET", "HEAD", "OPTIONS");
	}

	@Test
	void optionsNamesTheMethodsOfAWebSocket() {
		Head head = this.peer.request("OPTIONS", "/sockets").expect(200);

		assertThat(head.header("allow").split(", *")).containsExactlyInAnyOrder("GET", "OPTIONS");
	}

	@Test
	void theHeadOfAnEventStreamIsThatOfTheStreamAndHasNoLength() {
		Head head = this.peer.request("HEAD", "/events", "Accept: text/event-stream").expect(200);

		assertThat(head.headers()).doesNotContainKey("content-length")
			.containsEntry("content-type", List.of("text/event-stream"))
			.containsEntry("cache-control", List.of("no-cache"))
			.containsEntry("x-accel-buffering", List.of("no"));
	}

	@ParameterizedTest
	@CsvSource({ "GET, /events", "HEAD, /events", "GET, /sockets", "HEAD, /SOCKETS" })
	void aPlainRequestIsToldToConnect(String method, String path) {
		Head head = this.peer.request(method, path).expect(426);

		assertThat(head.header("upgrade")).isEqualTo("websocket");
		assertThat(head.header("content-type")).startsWith("text/plain");
	}

	@Test
	void anotherPathIs404() {
		this.peer.get("/elsewhere").expect(404);
		try (RawPeer other = new RawPeer(this.peer.socket().getPort())) {
			other.request("POST", "/elsewhere", "Content-Length: 0");
			assertThat(other.head().status()).isEqualTo(404);
		}
	}

	@Test
	void headHasTheHeadOfAnEventStream() {
		Head head = this.peer.request("HEAD", "/events", EVENTS, "Origin: https://app.example").expect(200);

		assertThat(head.header("content-type")).isEqualTo("text/event-stream");
		assertThat(head.header("cache-control")).isEqualTo("no-cache");
		assertThat(head.header("access-control-allow-origin")).isEqualTo("https://app.example");
	}

	@Test
	void thePathMatchingOfSpringHoldsForHandlers() {
		this.peer.handshake("/SOCKETS").expect(101);
	}

	@ParameterizedTest
	@CsvSource({ "/events, https://app.example", "/events, https://mapped.example" })
	void aPageOfAnAllowedOriginMayAskBeforeItFetchesEvents(String path, String origin) {
		Head head = preflight(path, origin);

		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("access-control-allow-origin")).isEqualTo(origin);
		assertThat(head.header("access-control-allow-headers")).contains("authorization", "last-event-id");
		assertThat(head.header("access-control-allow-methods")).contains("GET");
		assertThat(head.headers()).doesNotContainKey("access-control-allow-credentials");
	}

	@ParameterizedTest
	@CsvSource({ "/events, https://other.example", "/sockets, https://app.example" })
	void anyOtherPreflightGetsNoAccess(String path, String origin) {
		assertThat(preflight(path, origin).headers()).doesNotContainKey("access-control-allow-origin");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://app.example", "https://mapped.example" })
	void aPageOfAnAllowedOriginReadsEvents(String origin) {
		Head head = this.peer.get("/events", EVENTS, "Origin: " + origin).expect(200);

		assertThat(head.header("access-control-allow-origin")).isEqualTo(origin);
		assertThat(head.header("vary")).containsIgnoringCase("origin");
	}

	@Test
	void anyOtherOriginReadsNoEvents() {
		this.peer.get("/events", EVENTS, "Origin: https://other.example").expect(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/null", "/null-later" })
	void anUpgraderThatAnswersNullIsAnError(String path) {
		this.peer.handshake(path).expect(500);
	}

	private Head preflight(String path, String origin) {
		return this.peer
			.request("OPTIONS", path, "Origin: " + origin, "Access-Control-Request-Method: GET",
					"Access-Control-Request-Headers: authorization,last-event-id")
			.head();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Events.class, Sockets.class, Shared.class, Forgetful.class, Late.class, Pages.class })
	static class Handlers {

	}

	@UpgradeHandler(value = "/events", protocols = Protocol.SSE)
	static class Events implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.close();
		}

	}

	@UpgradeHandler(value = "/sockets", protocols = Protocol.WEBSOCKET)
	static class Sockets implements ConnectionHandler {

	}

	@UpgradeHandler("/shared")
	static class Shared implements ConnectionHandler {

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

	/** Forgets to answer, later. */
	@UpgradeHandler("/null-later")
	static class Late implements Upgrader {

		@Override
		@SuppressWarnings("NullAway") // the mistake under test
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.later(CompletableFuture.completedFuture(null));
		}

	}

	@RestController
	static class Pages {

		@PostMapping("/shared")
		@ResponseStatus(HttpStatus.CREATED)
		void create() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class OnWebFlux implements WebFluxConfigurer {

		@Override
		public void configurePathMatching(org.springframework.web.reactive.config.PathMatchConfigurer configurer) {
			configurer.setUseCaseSensitiveMatch(false);
		}

		@Override
		public void addCorsMappings(org.springframework.web.reactive.config.CorsRegistry registry) {
			registry.addMapping("/events").allowedOrigins("https://mapped.example");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class OnSpringMvc implements WebMvcConfigurer {

		@Override
		public void configurePathMatch(PathMatchConfigurer configurer) {
			PathPatternParser parser = new PathPatternParser();
			parser.setCaseSensitive(false);
			configurer.setPatternParser(parser);
		}

		@Override
		public void addCorsMappings(org.springframework.web.servlet.config.annotation.CorsRegistry registry) {
			registry.addMapping("/events").allowedOrigins("https://mapped.example");
		}

	}

}
