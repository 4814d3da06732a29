package io.iodine.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
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
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of upgrades behind Spring Security, and of the pages that they may come from.
 */
class UpgradeSecurityTests {

	private static final String BASIC = "Basic "
			+ Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.US_ASCII));

	private static final String USER = "Authorization: " + BASIC;

	@AutoClose
	private static TestServer server;

	@AutoClose
	private RawPeer peer;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Guarded.class), "iodine.allowed-origins=https://*.example.com",
				"logging.level.io.iodine.http=off", "server.http2.enabled=true");
	}

	@BeforeEach
	void connect() {
		this.peer = new RawPeer(server.port());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/controller" })
	void whoIsUnknownIsNotAsked(String path) {
		int asked = Me.ASKED.get();

		this.peer.handshake(path).expect(401);

		assertThat(Me.ASKED).hasValue(asked);
	}

	@Test
	void whoIsUnknownFollowsNoEvents() {
		this.peer.get("/me", "Accept: text/event-stream").expect(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/controller" })
	void whoIsKnownIsThePrincipalOfTheConnection(String path) {
		this.peer.handshake(path, USER).expect(101);

		assertThat(this.peer.frame()).hasToString("text user");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/controller" })
	void whatTheFiltersAddTravelsInThe101(String path) {
		Head head = this.peer.handshake(path, USER).expect(101);

		assertThat(head.header("set-cookie")).contains("SESSION=");
		assertThat(head.header("x-content-type-options")).isEqualTo("nosniff");
	}

	@Test
	void whatTheFiltersAddTravelsInThe200() {
		Head head = this.peer.get("/me", "Accept: text/event-stream", USER).expect(200);

		assertThat(head.header("set-cookie")).contains("SESSION=");
		assertThat(this.peer.event()).isEqualTo("data: user\n\n");
	}

	@Test
	void aStreamOfHttp2IsBehindTheSameFilters() throws Exception {
		try (Http2Peer http2 = new Http2Peer(server.port(), 65_535)) {
			Http2Peer.Stream unknown = http2.connect("websocket", "/me", Map.of());
			Http2Peer.Stream known = http2.connect("websocket", "/me", Map.of("authorization", BASIC));

			assertThat(unknown.head().status()).hasToString("401");
			assertThat(known.head().status()).hasToString("200");
			assertThat(known.head().get("x-content-type-options")).hasToString("nosniff");
			assertThat(known.frame()).isEqualTo("text user");
		}
	}

	@Test
	void whoMayNotIsRefused() {
		this.peer.handshake("/admin", USER).expect(403);
	}

	@Test
	void anAllowedOriginMayConnect() {
		this.peer.handshake("/me", USER, "Origin: https://chat.example.com").expect(101);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://example.org", "http://chat.example.com", "null", "https://example.com.evil.org" })
	void anyOtherOriginMayNot(String origin) {
		this.peer.handshake("/me", USER, "Origin: " + origin).expect(403);
	}

	@Test
	void anotherOriginMayNotFollowEventsEither() {
		this.peer.get("/me", "Accept: text/event-stream", USER, "Origin: https://example.org").expect(403);
	}

	@Test
	void aHandlerMayAllowOthers() {
		this.peer.handshake("/open", USER, "Origin: https://example.org").expect(101);
	}

	/** Says who is there. */
	static class Me implements ConnectionHandler {

		private static final AtomicInteger ASKED = new AtomicInteger();

		@Override
		public void onOpen(Connection client) {
			client.write(client.request().flatMap(UpgradeRequest::principal).orElseThrow().getName());
		}

	}

	/** Counts who comes so far. */
	@UpgradeHandler({ "/me", "/admin" })
	static class Counting implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			Me.ASKED.incrementAndGet();
			return Upgrade.accept(new Me());
		}

	}

	/** Lets any page in. */
	@UpgradeHandler(value = "/open", allowedOrigins = "*")
	static class Open extends Me {

	}

	/** Upgrades by itself. */
	@Controller
	static class Pages {

		@GetMapping("/controller")
		Upgrade me() {
			Me.ASKED.incrementAndGet();
			return Upgrade.accept(new Me());
		}

	}

	/** Who may do what. */
	@Configuration(proxyBeanMethods = false)
	@EnableWebFluxSecurity
	@Import({ Counting.class, Open.class, Pages.class })
	static class Guarded {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(requests) -> requests.pathMatchers("/admin").hasRole("ADMIN").anyExchange().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(
					User.withUsername("user").password("{noop}secret").roles("USER").build());
		}

		@Bean
		WebFilter startsSessions() {
			return (exchange, chain) -> exchange.getSession().flatMap((session) -> {
				session.getAttributes().put("seen", true);
				return Mono.defer(() -> chain.filter(exchange));
			});
		}

	}

}
