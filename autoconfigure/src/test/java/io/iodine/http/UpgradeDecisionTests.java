package io.iodine.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.target.SingletonTargetSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of who answers an upgradeable request, and with what.
 */
class UpgradeDecisionTests {

	@AutoClose
	private static TestServer server;

	@AutoClose
	private RawPeer peer;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Beans.class), "spring.webflux.base-path=/base", "iodine.upgrade-timeout=1s",
				"logging.level.io.iodine.http=off", "logging.level.org.springframework=off");
	}

	@BeforeEach
	void connect() {
		this.peer = new RawPeer(server.port());
	}

	@ParameterizedTest
	@ValueSource(strings = { "shared", "prototype", "lazy", "proxied", "method", "upgrader", "controller", "mono",
			"rest", "rest-mono", "attribute", "functional", "filter", "filter-empty" })
	void whoeverAcceptsGetsAWebSocket(String path) {
		try (WebSocketPeer client = WebSocketPeer.connect(server, "/base/" + path)) {
			client.send("hello");

			assertThat(client.next()).isEqualTo("text hello");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "shared", "prototype", "lazy", "proxied", "method", "upgrader", "controller", "mono",
			"rest", "rest-mono", "attribute", "functional", "filter", "filter-empty" })
	void whoeverAcceptsGetsAnEventStream(String path) {
		Head head = this.peer.get("/base/" + path, "Accept: text/event-stream").expect(200);

		assertThat(head.header("content-type")).isEqualTo("text/event-stream");
	}

	@Test
	void aSingletonServesAllConnectionsAndAPrototypeOneEach() {
		assertThat(identities("shared")).hasSize(1);
		assertThat(identities("prototype")).hasSize(2);
	}

	private static List<String> identities(String path) {
		try (WebSocketPeer one = WebSocketPeer.connect(server, "/base/" + path);
				WebSocketPeer other = WebSocketPeer.connect(server, "/base/" + path)) {
			one.send("who");
			other.send("who");
			return List.of(one.next(), other.next()).stream().distinct().toList();
		}
	}

	@Test
	void aHandlerDoesNotHideTheMappingOfItsPath() {
		this.peer.get("/base/both", "Accept: text/plain");

		assertThat(this.peer.expect(200).header("content-type")).startsWith("text/plain");
	}

	@Test
	void aDeclinedRequestGoesOnToTheMappingOfItsPath() {
		this.peer.handshake("/base/declined");

		assertThat(this.peer.expect(200).header("content-length")).isEqualTo("8");
		assertThat(new String(this.peer.octets(8), StandardCharsets.US_ASCII)).isEqualTo("ordinary");
	}

	@Test
	void aDeclineFromAControllerIsNoUpgrade() {
		this.peer.handshake("/base/controller-declines");

		assertThat(this.peer.expect(200).header("content-length")).isEqualTo("0");
	}

	@Test
	void pathsQueriesHeadersAndCookiesAreOnTheRequest() {
		this.peer
			.handshake("/base/rooms/a%20b?x=1&x=2&y=%C3%BC", "X-Test: seen", "Cookie: one=1; two=\"2\"",
					"Last-Event-ID: 77")
			.expect(101);

		assertThat(this.peer.frame()).hasToString("text WEBSOCKET /rooms/a%20b id=a b x=[1, 2] y=ü seen 1 2 77 true");
	}

	@Test
	void theRequestStaysWithTheConnection() {
		this.peer.handshake("/base/rooms/7?x=1&y=2", "X-Test: seen", "Cookie: one=1; two=2", "Last-Event-ID: 7")
			.expect(101);
		String first = this.peer.frame().toString();

		this.peer.text("again");

		assertThat(this.peer.frame()).hasToString(first);
	}

	@Test
	void attributesOfTheExchangeAreThoseOfTheConnection() {
		this.peer.handshake("/base/attributes").expect(101);

		assertThat(this.peer.frame()).hasToString("text {from the filter=1, from the upgrader=2}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "upgrader-headers", "controller-headers" })
	void headersAndCookiesTravelInThe101(String path) {
		Head head = this.peer.handshake("/base/" + path).expect(101);

		assertThat(head.header("x-extra")).isEqualTo("more");
		assertThat(head.headers().get("set-cookie")).anyMatch((cookie) -> cookie.startsWith("session=1"));
		assertThat(head.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
		assertThat(head.header("upgrade")).isEqualToIgnoringCase("websocket");
		assertThat(head.header("connection")).isEqualToIgnoringCase("upgrade");
		assertThat(head.headers()).doesNotContainKeys("content-length", "transfer-encoding");
	}

	@ParameterizedTest
	@ValueSource(strings = { "upgrader-headers", "controller-headers" })
	void headersAndCookiesTravelInThe200(String path) {
		Head head = this.peer.get("/base/" + path, "Accept: text/event-stream").expect(200);

		assertThat(head.header("x-extra")).isEqualTo("more");
		assertThat(head.headers().get("set-cookie")).anyMatch((cookie) -> cookie.startsWith("session=1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "status-403", "filter-403" })
	void aStatusOf300OrMoreCancelsTheUpgrade(String path) {
		this.peer.handshake("/base/" + path);

		assertThat(this.peer.expect(403).header("upgrade")).isEmpty();
	}

	@Test
	void anyOtherStatusBecomes101AndTheBodyDoesNotTravel() {
		this.peer.handshake("/base/functional-body").expect(101);

		this.peer.text("hello");

		assertThat(this.peer.frame()).hasToString("text hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "controller", "mono", "rest", "functional", "filter" })
	void anAcceptOfAnOrdinaryRequestIsIgnored(String path) {
		this.peer.get("/base/" + path);

		assertThat(this.peer.expect(200).header("content-length")).isEqualTo("0");
	}

	@Test
	void aRejectionHasItsStatusHeadersAndBody() {
		Head head = this.peer.handshake("/base/rejected").expect(410);

		assertThat(head.header("x-why")).isEqualTo("because");
		assertThat(head.header("content-type")).isEqualTo("text/plain;charset=UTF-8");
		assertThat(new String(this.peer.octets(4), StandardCharsets.US_ASCII)).isEqualTo("gone");
	}

	@Test
	void aDecisionMayComeLater() {
		try (WebSocketPeer client = WebSocketPeer.connect(server, "/base/later")) {
			client.send("hello");

			assertThat(client.next()).isEqualTo("text hello");
		}
	}

	@Test
	void aDecisionThatNeverComesIs503() {
		this.peer.handshake("/base/never").expect(503);
	}

	@ParameterizedTest
	@ValueSource(strings = { "throws", "later-throws", "controller-throws" })
	void anExceptionGoesToTheErrorHandlingOfSpring(String path) {
		this.peer.handshake("/base/" + path).expect(500);
	}

	@Test
	void aResponseStatusExceptionKeepsItsStatus() {
		this.peer.handshake("/base/conflict").expect(409);
	}

	@Test
	void thePreferredSubprotocolIsChosen() {
		Head head = this.peer.handshake("/base/subprotocols", "Sec-WebSocket-Protocol: v1, v2").expect(101);

		assertThat(head.header("sec-websocket-protocol")).isEqualTo("v2");
		assertThat(this.peer.frame()).hasToString("text v2");
	}

	@Test
	void subprotocolsWithNoneInCommonAre400() {
		this.peer.handshake("/base/subprotocols", "Sec-WebSocket-Protocol: v3").expect(400);
	}

	@Test
	void whoOffersNoSubprotocolIsAcceptedWithout() {
		Head head = this.peer.handshake("/base/subprotocols").expect(101);

		assertThat(head.headers()).doesNotContainKey("sec-websocket-protocol");
	}

	@Test
	void anUpgraderChoosesAmongTheSubprotocolsOffered() {
		Head head = this.peer.handshake("/base/chooses", "Sec-WebSocket-Protocol: a, b").expect(101);

		assertThat(head.header("sec-websocket-protocol")).isEqualTo("b");
	}

	@Test
	void aSubprotocolThatWasNotOfferedIs500() {
		this.peer.handshake("/base/chooses", "Sec-WebSocket-Protocol: a").expect(500);
	}

	@Test
	void protocolsThatAHandlerDoesNotSpeakGoOnToTheApplication() {
		this.peer.get("/base/no-events", "Accept: text/event-stream").expect(426);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream", "text/html, text/event-stream;q=0.9", "TEXT/Event-Stream" })
	void acceptListsNameEventStreams(String accept) {
		this.peer.get("/base/shared", "Accept: " + accept).expect(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "text/*", "text/event-stream;q=0", "text/html" })
	void otherAcceptListsDoNot(String accept) {
		this.peer.get("/base/shared", "Accept: " + accept).expect(426);
	}

	@Test
	void anUpgradeWithoutTheConnectionTokenIsNone() {
		this.peer.get("/base/shared", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

		assertThat(this.peer.head().status()).isNotEqualTo(101);
	}

	@Test
	void connectionTokensMayBeAList() {
		this.peer
			.get("/base/shared", "Upgrade: WebSocket", "Connection: keep-alive, UPGRADE", "Sec-WebSocket-Version: 13",
					"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
			.expect(101);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-WebSocket-Version: 8", "X-No: version" })
	void anotherVersionThan13Is426AndTheRightOneIsNamed(String version) {
		Head head = this.peer
			.get("/base/shared", "Upgrade: websocket", "Connection: Upgrade", version,
					"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
			.expect(426);

		assertThat(head.header("sec-websocket-version")).isEqualTo("13");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-No: key", "Sec-WebSocket-Key: short", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ===" })
	void aKeyThatIsMissingOrNotSixteenBytesIs400(String key) {
		this.peer.get("/base/shared", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", key)
			.expect(400);
	}

	@Test
	void aHandshakeIsAGet() {
		this.peer
			.request("POST", "/base/shared", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
					"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Content-Length: 0")
			.expect(400);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" })
	void aBodyIsNeverTakenForTheNewProtocol(String framed) {
		for (String asked : List.of("/base/raw HTTP/1.1\r\nUpgrade: echo",
				"/base/shared HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
			this.peer.send("GET " + asked + "\r\nHost: x\r\nConnection: Upgrade\r\n" + framed);

			Head head = this.peer.expect(400);
			assertThat(this.peer.octets(Integer.parseInt(head.header("content-length")))).asString()
				.isEqualTo("a request with a body is not upgraded");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "raw", "raw-accept" })
	void aProtocolOfTheApplicationsOwnGetsTheBytesThatFollow(String path) {
		this.peer
			.send("GET /base/" + path + " HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly");

		Head head = this.peer.expect(101);

		assertThat(head.header("upgrade")).isEqualTo("echo");
		assertThat(this.peer.octets(5)).asString().isEqualTo("early");
		this.peer.send("late");
		assertThat(this.peer.octets(4)).asString().isEqualTo("late");
	}

	@Test
	void aRawProtocolThatWasNotOfferedIsIgnored() {
		this.peer.get("/base/raw", "Upgrade: other", "Connection: Upgrade").expect(200);
	}

	@Test
	void aWebSocketHandshakeIsNoRawUpgrade() {
		this.peer.handshake("/base/raw").expect(200);
	}

	@Test
	void theSameConnectionMayAskAgainAfterARefusal() {
		this.peer.handshake("/base/rejected").expect(410);
		this.peer.octets(4);

		this.peer.handshake("/base/shared").expect(101);

		this.peer.text("hello");
		assertThat(this.peer.frame()).hasToString("text hello");
	}

	/** Answers with what it hears. */
	static class Echo implements ConnectionHandler {

		private static final AtomicInteger NUMBERS = new AtomicInteger();

		private final int number = NUMBERS.incrementAndGet();

		@Override
		public void onMessage(Connection client, Message message) {
			if (message.asText().equals("who")) {
				client.write(Integer.toString(this.number));
			}
			else {
				client.write(message);
			}
		}

	}

	/** Serves all connections. */
	@UpgradeHandler("/shared")
	static class Shared extends Echo {

	}

	/** Serves one connection. */
	@UpgradeHandler("/prototype")
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	static class Prototype extends Echo {

	}

	/** Is made when it is first asked. */
	@Lazy
	@UpgradeHandler("/lazy")
	static class LazyOne extends Echo {

	}

	/** Stands behind a proxy of its interface. */
	@UpgradeHandler("/proxied")
	static class Proxied extends Echo {

	}

	/** Beside an ordinary mapping. */
	@UpgradeHandler("/both")
	static class Both extends Echo {

	}

	/** Speaks subprotocols. */
	@UpgradeHandler(value = "/subprotocols", subprotocols = { "v2", "v1" })
	static class Versions implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write(client.subprotocol().orElse("none"));
		}

	}

	/** Speaks no event streams. */
	@UpgradeHandler(value = "/no-events", protocols = Protocol.WEBSOCKET)
	static class NoEvents extends Echo {

	}

	/** Tells what it knows of the request, at first and when asked. */
	@UpgradeHandler("/rooms/{id}")
	static class Rooms implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			UpgradeRequest request = client.request().orElseThrow();
			client.write(request.protocol().orElseThrow() + " " + request.path() + " id="
					+ request.pathVariable("id").orElseThrow() + " x=" + request.queryParams().get("x") + " y="
					+ request.queryParam("y").orElseThrow() + " " + request.header("x-test").orElseThrow() + " "
					+ request.cookie("one").orElseThrow() + " " + request.cookie("two").orElseThrow() + " "
					+ request.lastEventId().orElseThrow() + " "
					+ request.remoteAddress().equals(client.remoteAddress()));
		}

		@Override
		public void onMessage(Connection client, Message message) {
			onOpen(client);
		}

	}

	/** Asked for each request, and answers by its path. */
	@UpgradeHandler({ "/upgrader", "/upgrader-headers", "/declined", "/rejected", "/later", "/never", "/throws",
			"/later-throws", "/conflict", "/chooses", "/attributes" })
	static class Asked implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) throws Exception {
			Upgrade accept = Upgrade.accept(new Echo());
			return switch (request.path()) {
				case "/upgrader" -> accept;
				case "/upgrader-headers" -> accept.header("X-Extra", "more").cookie("session=1; Path=/; HttpOnly");
				case "/rejected" -> Upgrade.reject(410, "gone").header("X-Why", "because");
				case "/later" -> Upgrade.later(CompletableFuture.supplyAsync(() -> accept));
				case "/never" -> Upgrade.later(new CompletableFuture<>());
				case "/throws" -> throw new IOException("meant to be");
				case "/later-throws" ->
					Upgrade.later(CompletableFuture.failedFuture(new IllegalStateException("meant to be")));
				case "/conflict" -> throw new ResponseStatusException(HttpStatus.CONFLICT);
				case "/chooses" -> accept.subprotocol("b");
				case "/attributes" -> {
					request.attributes().put("from the upgrader", 2);
					yield Upgrade.accept(new TellsAttributes());
				}
				default -> Upgrade.decline();
			};
		}

	}

	/** Says what came along. */
	static class TellsAttributes implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			Map<String, Object> attributes = client.attributes();
			client.write(new TreeMap<>(attributes).toString());
		}

	}

	/** Speaks a protocol of its own. */
	@UpgradeHandler(value = { "/raw", "/raw-accept" }, protocols = { Protocol.RAW, Protocol.WEBSOCKET })
	static class Raw implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return request.path().equals("/raw") ? Upgrade.raw("echo", new Echo()) : Upgrade.accept(new Echo());
		}

	}

	/** A controller without bodies. */
	@Controller
	static class Pages {

		@GetMapping("/controller")
		Upgrade controller(UpgradeRequest request) {
			return Upgrade.accept(new Echo());
		}

		@GetMapping("/mono")
		Mono<Upgrade> mono() {
			return Mono.just(Upgrade.accept(new Echo())).delayElement(Duration.ofMillis(10));
		}

		@GetMapping("/controller-declines")
		Upgrade declines() {
			return Upgrade.decline();
		}

		@GetMapping("/controller-throws")
		Upgrade fails() {
			throw new IllegalStateException("meant to be");
		}

		@GetMapping("/controller-headers")
		Upgrade headers(ServerWebExchange exchange) {
			exchange.getResponse().getHeaders().add("X-Extra", "more");
			exchange.getResponse().addCookie(ResponseCookie.from("session", "1").build());
			return Upgrade.accept(new Echo());
		}

		@GetMapping("/status-{status}")
		Upgrade status(ServerWebExchange exchange, @PathVariable int status) {
			exchange.getResponse().setRawStatusCode(status);
			return Upgrade.accept(new Echo());
		}

	}

	/** A controller with bodies. */
	@RestController
	static class Bodies {

		@GetMapping("/rest")
		Upgrade rest() {
			return Upgrade.accept(new Echo());
		}

		@GetMapping("/rest-mono")
		Mono<Upgrade> restMono() {
			return Mono.just(Upgrade.accept(new Echo()));
		}

		@GetMapping({ "/both", "/declined" })
		String ordinary() {
			return "ordinary";
		}

		@GetMapping("/attribute")
		Mono<Void> attribute(ServerWebExchange exchange) {
			exchange.getAttributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
			return Mono.empty();
		}

	}

	/** All of them, and more ways to be asked. */
	@Configuration(proxyBeanMethods = false)
	@Import({ Shared.class, Prototype.class, LazyOne.class, Proxied.class, Both.class, Versions.class, NoEvents.class,
			Rooms.class, Asked.class, Raw.class, Pages.class, Bodies.class })
	static class Beans {

		@Bean
		@UpgradeHandler("/method")
		ConnectionHandler method() {
			return new Echo();
		}

		@Bean
		static BeanPostProcessor proxies() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					if (!(bean instanceof Proxied)) {
						return bean;
					}
					ProxyFactory factory = new ProxyFactory(ConnectionHandler.class, new SingletonTargetSource(bean));
					return factory.getProxy();
				}

			};
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/functional", (request) -> {
				request.exchange().getAttributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
				return ServerResponse.ok().build();
			}).GET("/functional-body", (request) -> {
				request.exchange().getAttributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
				return ServerResponse.accepted().bodyValue("not to be seen");
			}).build();
		}

		@Bean
		WebFilter accepting() {
			return (exchange, chain) -> {
				Object request = exchange.getAttributes().get(UpgradeRequest.ATTRIBUTE);
				String path = Optional.ofNullable(request)
					.map((upgrade) -> ((UpgradeRequest) upgrade).path())
					.orElse("");
				exchange.getAttributes().put("from the filter", 1);
				if (path.startsWith("/filter")) {
					if (path.endsWith("403")) {
						exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
					}
					exchange.getAttributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
					return path.endsWith("empty") ? Mono.empty() : exchange.getResponse().setComplete();
				}
				return chain.filter(exchange);
			};
		}

	}

}
