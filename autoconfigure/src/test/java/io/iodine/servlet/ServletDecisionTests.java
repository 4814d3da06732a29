package io.iodine.servlet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

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
import io.iodine.connection.limit.ConnectionLimiter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may answer an upgrade in Spring MVC, and what of the application's response travels
 * with it.
 */
@ParameterizedClass
@ValueSource(strings = { "tomcat", "jetty" })
class ServletDecisionTests {

	private static final Map<String, TestServer> SERVERS = new ConcurrentHashMap<>();

	private final TestServer server;

	private RawPeer peer;

	ServletDecisionTests(String container) {
		this.server = SERVERS.computeIfAbsent(container,
				(name) -> TestServer.start(List.of(Beans.class), "test.server=" + name,
						"server.servlet.context-path=/app", "spring.mvc.servlet.path=/mvc",
						"iodine.connections.max=1000", "iodine.upgrade-timeout=1s", "logging.level.org=off",
						"logging.level.io.iodine.servlet=off"));
	}

	@BeforeEach
	void connect() {
		this.peer = new RawPeer(this.server.port());
	}

	@AfterEach
	void disconnect() {
		this.peer.close();
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(TestServer::close);
		SERVERS.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "bean", "controller", "future", "rest", "functional", "functional-body", "filter",
			"filter-passes" })
	void whateverAcceptsGivesAWebSocket(String path) {
		this.peer.handshake("/app/mvc/" + path).expect(101);
		this.peer.text("hello");

		assertThat(this.peer.frame()).hasToString("text hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bean", "controller", "future", "rest", "functional", "functional-body", "filter",
			"filter-passes" })
	void whateverAcceptsGivesAnEventStream(String path) {
		Head head = this.peer.get("/app/mvc/" + path, "Accept: text/event-stream").expect(200);

		assertThat(head.header("content-type")).startsWith("text/event-stream");
	}

	@Test
	void pathsVariablesAndAttributesAreOnTheRequest() {
		this.peer.handshake("/app/mvc/rooms/a%20b?x=1", "Cookie: one=1").expect(101);

		assertThat(this.peer.frame()).hasToString("text /rooms/a%20b /rooms/{id} a b 1 1 set");
	}

	@Test
	void headersAndCookiesOfTheApplicationTravel() {
		Head head = this.peer.handshake("/app/mvc/rest").expect(101);

		assertThat(head.header("x-filter")).isEqualTo("seen");
		assertThat(head.header("x-answer")).isEqualTo("given");
		assertThat(head.header("set-cookie")).startsWith("flavour=oat");
	}

	@Test
	void aControllerBehindAHandlerThatDeclinesSwitchesToNothingThatItDoesNotName() {
		this.peer.get("/app/mvc/declined-raw", "Connection: Upgrade", "Upgrade: something").expect(200);
	}

	@Test
	void anOfferOfHttp10IsIgnored() {
		this.peer.send("GET /app/mvc/declined HTTP/1.0\r\nHost: localhost\r\nConnection: Upgrade\r\n"
				+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
		this.peer.expect(200);

		try (RawPeer other = new RawPeer(this.server.port())) {
			other.send("GET /app/mvc/bean HTTP/1.0\r\nHost: localhost\r\nConnection: Upgrade\r\n"
					+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
			other.expect(426);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "callable", "deferred" })
	void aResultOfAnotherThreadIsNoUpgradeAndSaysSo(String path) {
		this.peer.handshake("/app/mvc/" + path).expect(500);
	}

	@Test
	void aStatusOfThreeHundredOrMoreCancelsTheUpgrade() {
		this.peer.handshake("/app/mvc/filter-403").expect(403);
	}

	@Test
	void aRejectionIsAnswered() {
		Head head = this.peer.handshake("/app/mvc/rejecting").expect(401);

		assertThat(head.header("www-authenticate")).isEqualTo("Basic");
		assertThat(this.peer.octets(6)).asString(StandardCharsets.US_ASCII).isEqualTo("log in");
	}

	@Test
	void aDeclinedRequestGoesOnToTheController() {
		this.peer.handshake("/app/mvc/declined").expect(200);

		assertThat(this.peer.octets(8)).asString(StandardCharsets.US_ASCII).isEqualTo("ordinary");
	}

	@Test
	void anUndecidedUpgradeIsUnavailable() {
		this.peer.handshake("/app/mvc/undecided").expect(503);
	}

	@ParameterizedTest
	@ValueSource(strings = { "failing", "failing-badly", "null" })
	void aFailedDecisionIsAnErrorOfTheServer(String path) {
		this.peer.handshake("/app/mvc/" + path).expect(500);
	}

	@Test
	void aPageOfAnotherOriginMayNotConnect() {
		this.peer.handshake("/app/mvc/bean", "Origin: https://elsewhere.example").expect(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "declined", "rejecting", "undecided", "filter-403", "failing", "failing-badly", "null",
			"outer-failing" })
	void aRequestThatIsNotUpgradedLeavesNoPermitBehind(String path) throws InterruptedException {
		this.peer.handshake("/app/mvc/" + path).head();
		this.peer.close();

		ConnectionLimiter limiter = this.server.connections().limiter();
		for (int i = 0; i < 3000 && limiter.inUse() > 0; i++) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		assertThat(limiter.inUse()).isZero();
	}

	/** Sends back what it gets. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Pages.class, Answers.class, Rooms.class, Declining.class, DecliningRaw.class, Rejecting.class,
			Undecided.class, Failing.class, FailingBadly.class, Nothing.class })
	static class Beans {

		@Bean
		@UpgradeHandler({ "/bean", "/outer-failing" })
		ConnectionHandler bean() {
			return new Echo();
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route().GET("/functional", (request) -> {
				request.attributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
				return ServerResponse.ok().build();
			}).GET("/functional-body", (request) -> {
				request.attributes().put(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
				return ServerResponse.accepted().body("not to be seen");
			}).build();
		}

		@Bean
		Filter accepting() {
			return (request, response, chain) -> {
				String path = ((UpgradeRequest) request.getAttribute(UpgradeRequest.ATTRIBUTE)).path();
				request.setAttribute("application", "set");
				((HttpServletResponse) response).setHeader("X-Filter", "seen");
				if (path.contains("/filter")) {
					request.setAttribute(Upgrade.ATTRIBUTE, Upgrade.accept(new Echo()));
				}
				if (path.endsWith("403")) {
					((HttpServletResponse) response).setStatus(403);
				}
				else if (!path.endsWith("/filter")) {
					chain.doFilter(request, response);
				}
			};
		}

		@Bean
		FilterRegistrationBean<Filter> outer() {
			FilterRegistrationBean<Filter> outer = new FilterRegistrationBean<>((request, response, chain) -> {
				chain.doFilter(request, response);
				if (((HttpServletRequest) request).getRequestURI().endsWith("outer-failing")) {
					throw new IOException("the outer filter fails");
				}
			});
			outer.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
			return outer;
		}

	}

	@RestController
	static class Pages {

		@GetMapping("/declined")
		String ordinary() {
			return "ordinary";
		}

		@GetMapping("/filter-passes")
		String passed() {
			return "not to be seen";
		}

		@GetMapping("/rest")
		Upgrade rest(HttpServletResponse response) {
			response.addHeader("Set-Cookie", "flavour=oat");
			return Upgrade.accept(new Echo()).header("X-Answer", "given");
		}

	}

	@Controller
	static class Answers {

		@GetMapping("/controller")
		Upgrade controller(UpgradeRequest request) {
			return request.protocol().isPresent() ? Upgrade.accept(new Echo()) : Upgrade.decline();
		}

		@GetMapping("/declined-raw")
		Upgrade behindRaw() {
			return Upgrade.accept(new Echo());
		}

		@GetMapping("/callable")
		Callable<Upgrade> callable() {
			return () -> Upgrade.accept(new Echo());
		}

		@GetMapping("/deferred")
		DeferredResult<Upgrade> deferred() {
			DeferredResult<Upgrade> result = new DeferredResult<>();
			result.setResult(Upgrade.accept(new Echo()));
			return result;
		}

		@GetMapping("/future")
		CompletableFuture<Upgrade> future() {
			return CompletableFuture.supplyAsync(() -> Upgrade.accept(new Echo()));
		}

	}

	@UpgradeHandler("/rooms/{id}")
	static final class Rooms implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			UpgradeRequest request = client.request().orElseThrow();
			client.write(request.path() + " " + request.pathPattern().orElse("") + " "
					+ request.pathVariable("id").orElse("") + " " + request.queryParam("x").orElse("") + " "
					+ request.cookie("one").orElse("") + " " + client.attributes().get("application"));
		}

	}

	@UpgradeHandler("/declined")
	static final class Declining implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.decline();
		}

	}

	@UpgradeHandler(value = "/declined-raw", protocols = Protocol.RAW)
	static final class DecliningRaw implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.decline();
		}

	}

	@UpgradeHandler("/rejecting")
	static final class Rejecting implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.reject(401, "log in").header("WWW-Authenticate", "Basic");
		}

	}

	@UpgradeHandler("/undecided")
	static final class Undecided implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.later(new CompletableFuture<>());
		}

	}

	@UpgradeHandler("/failing")
	static final class Failing implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			throw new IllegalStateException("the upgrader fails");
		}

	}

	@UpgradeHandler("/failing-badly")
	static final class FailingBadly implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			throw new OutOfMemoryError("expected by this test");
		}

	}

	@UpgradeHandler("/null")
	static final class Nothing implements Upgrader {

		@Override
		@SuppressWarnings("NullAway") // what an application without null checks may do
		public Upgrade upgrade(UpgradeRequest request) {
			return null;
		}

	}

}
