package io.iodine.security;

import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.ChannelAuthorizer;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import io.iodine.connection.OnEachWebServer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.parameters.P;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the security context in callbacks, and of tokens. */
@OnEachWebServer
class ConnectionSecurityTests {

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Application.class), "iodine.security.bearer-cookie=token",
				"iodine.pubsub.history.channels=kept");
	}

	@Test
	void aTokenMayComeAsASubprotocolAndIsNotEchoed() {
		try (RawPeer peer = new RawPeer(server.port())) {
			Head head = peer.handshake("/secure", "Sec-WebSocket-Protocol: bearer, ann").expect(101);

			assertThat(head.header("sec-websocket-protocol")).isEqualTo("bearer");
			assertThat(peer.frame()).hasToString("text ann ann");
		}
	}

	@Test
	void aTokenMayComeAsACookieOfAHandshake() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.handshake("/secure", "Cookie: token=ann").expect(101);

			assertThat(peer.frame()).hasToString("text ann ann");
		}
	}

	@Test
	void aCookieBringsNoTokenToOtherRequests() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.get("/secure", "Cookie: token=ann").expect(401);
		}
	}

	/**
	 * A foreign page can have a browser send it, with the cookie; a request with a token
	 * needs no CSRF token.
	 */
	@Test
	void aCookieBringsNoTokenToAPostThatAcceptsAnEventStream() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.request("POST", "/secure", "Accept: text/event-stream", "Cookie: token=ann", "Content-Length: 0")
				.expect(403);
		}
	}

	@Test
	void aMalformedAcceptIsNoFailureOfTheServer() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.get("/secure", "Accept: text/;;", "Cookie: token=ann").expect(401);
		}
	}

	@Test
	void aBadTokenIsNotUpgraded() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.handshake("/secure", "Sec-WebSocket-Protocol: bearer, bad").expect(401);
		}
	}

	@Test
	void methodSecurityAppliesInCallbacks() {
		try (WebSocketPeer ann = connect("/secure", "ann"); WebSocketPeer admin = connect("/secure", "admin")) {
			assertThat(ann.next()).isEqualTo("text ann ann");
			assertThat(admin.next()).isEqualTo("text admin admin");

			ann.send("{\"event\":\"secret\",\"id\":1}");
			admin.send("{\"event\":\"secret\",\"id\":1}");

			assertThat(ann.next()).isEqualTo("text {\"id\":1,\"error\":{\"status\":403,\"title\":\"Forbidden\"}}");
			assertThat(admin.next()).isEqualTo("text {\"id\":1,\"data\":\"secret of admin\"}");
			ann.send("{\"event\":\"deferred\"}");
			assertThat(ann.next()).isEqualTo("text deferred ann");
			ann.send("{\"event\":\"reactive\",\"id\":2}");
			assertThat(ann.next()).isEqualTo("text {\"id\":2,\"data\":\"reactive ann\"}");
		}
	}

	@Test
	void methodSecurityAppliesToTheMethodsOfAHandler() {
		try (WebSocketPeer ann = connect("/guarded", "ann"); WebSocketPeer admin = connect("/guarded", "admin")) {
			assertThat(ann.next()).isEqualTo("text welcome ann");
			assertThat(admin.next()).isEqualTo("text welcome admin");

			ann.send("{\"event\":\"secret\",\"id\":1}");
			admin.send("{\"event\":\"secret\",\"id\":1}");

			assertThat(ann.next()).isEqualTo("text {\"id\":1,\"error\":{\"status\":403,\"title\":\"Forbidden\"}}");
			assertThat(admin.next()).isEqualTo("text {\"id\":1,\"data\":\"secret\"}");
			ann.send("{\"event\":\"open\",\"id\":2}");
			assertThat(ann.next()).isEqualTo("text {\"id\":2,\"data\":\"for all\"}");
		}
	}

	@Test
	void methodSecurityAppliesToTheOpeningOfAHandler() {
		try (WebSocketPeer ann = connect("/guarded-opening", "ann");
				WebSocketPeer admin = connect("/guarded-opening", "admin")) {
			assertThat(ann.next()).isEqualTo("close 1008 Forbidden");
			assertThat(admin.next()).isEqualTo("text opened");
		}
	}

	@Test
	void methodSecurityAppliesToTheCallbacksOfAPlainHandler() {
		try (WebSocketPeer ann = connect("/guarded-plain", "ann");
				WebSocketPeer admin = connect("/guarded-plain", "admin")) {
			assertThat(ann.next()).isEqualTo("text welcome ann");
			assertThat(admin.next()).isEqualTo("text welcome admin");

			ann.send("secret");
			ann.send(new byte[] { '1' });
			admin.send("secret");

			assertThat(ann.next()).isEqualTo("binary 1");
			assertThat(admin.next()).isEqualTo("text secret");
		}
	}

	@Test
	void methodSecurityAppliesToTheOpeningOfAPlainHandler() {
		try (WebSocketPeer bob = connect("/guarded-plain", "bob")) {
			assertThat(bob.next()).isEqualTo("close 1008 Forbidden");
		}
	}

	@Test
	void theLastCallHasTheContextToo() throws Exception {
		try (WebSocketPeer peer = connect("/secure", "closer")) {
			peer.next();
		}

		String closed = Secure.CLOSED.poll(30, TimeUnit.SECONDS);
		while (!"closer".equals(closed)) {
			assertThat(closed).isNotNull();
			closed = Secure.CLOSED.poll(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void whoIsDeniedAtTheOpeningIsClosed() {
		try (WebSocketPeer peer = connect("/admins", "ann")) {
			assertThat(peer.next()).isEqualTo("close 1008 Forbidden");
		}
	}

	@Test
	void aConnectionClosesWhenItsTokenExpires() {
		try (WebSocketPeer peer = connect("/secure", "short")) {
			assertThat(peer.next()).isEqualTo("text short short");
			assertThat(peer.next()).isEqualTo("close 4401 credentials expired");
		}
	}

	@Test
	void clientsSubscribeAndPublishAsFarAsTheyMay() {
		try (WebSocketPeer peer = connect("/secure", "ann")) {
			peer.next();
			peer.send("{\"event\":\"iodine.subscribe\",\"id\":1,\"data\":{\"channel\":\"secret\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":1,\"error\":{\"status\":403,\"title\":\"Forbidden\"}}");

			peer.send("{\"event\":\"iodine.subscribe\",\"id\":2,\"data\":{\"channel\":\"news\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":2,\"data\":{\"channel\":\"news\",\"recovered\":false}}");
			peer.send("{\"event\":\"iodine.publish\",\"id\":3,\"data\":{\"channel\":\"news\",\"data\":{\"a\":1}}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":3,\"error\":{\"status\":403,\"title\":\"Forbidden\"}}");
			server.pubSub().publish("news", Message.text("{\"a\":1}").event("headline"));
			assertThat(peer.next()).isEqualTo("text {\"channel\":\"news\",\"event\":\"headline\",\"data\":{\"a\":1}}");

			peer.send("{\"event\":\"iodine.unsubscribe\",\"id\":4,\"data\":{\"channel\":\"news\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":4,\"data\":null}");
		}
	}

	@Test
	void whoMayPublishIsHeard() {
		try (WebSocketPeer peer = connect("/secure", "admin")) {
			peer.next();
			peer.send("{\"event\":\"iodine.subscribe\",\"id\":1,\"data\":{\"channel\":\"room\"}}");
			peer.next();

			peer.send("{\"event\":\"iodine.publish\",\"data\":{\"channel\":\"room\",\"data\":\"hi\"}}");

			assertThat(peer.next()).isEqualTo("text {\"channel\":\"room\",\"data\":\"hi\"}");
		}
	}

	@Test
	void anAcknowledgementTellsThePositionOfWhatWasPublished() {
		try (WebSocketPeer peer = connect("/secure", "admin")) {
			peer.next();
			peer.send("{\"event\":\"iodine.publish\",\"id\":1,\"data\":{\"channel\":\"kept\",\"data\":5}}");

			assertThat(peer.next()).matches("text \\{\"id\":1,\"data\":\\{\"position\":\"[^\"]+:[1-9][0-9]*\"}}");

			peer.send("{\"event\":\"iodine.publish\",\"id\":2,\"data\":{\"channel\":\"plain\",\"data\":5}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":2,\"data\":{}}");
		}
	}

	@Test
	void aClientGoesOnAfterAKnownMessage() throws Exception {
		String first = server.pubSub()
			.publishConfirmed("kept", Message.text("1"))
			.toCompletableFuture()
			.get(30, TimeUnit.SECONDS);
		String second = server.pubSub()
			.publishConfirmed("kept", Message.text("2"))
			.toCompletableFuture()
			.get(30, TimeUnit.SECONDS);
		try (WebSocketPeer peer = connect("/secure", "ann")) {
			peer.next();
			peer.send("{\"event\":\"iodine.subscribe\",\"id\":1,\"data\":{\"channel\":\"kept\",\"since\":\"" + first
					+ "\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":1,\"data\":{\"channel\":\"kept\",\"recovered\":true}}");
			assertThat(peer.next()).isEqualTo("text {\"channel\":\"kept\",\"position\":\"" + second + "\",\"data\":2}");

			peer.send("{\"event\":\"iodine.subscribe\",\"id\":2,\"data\":{\"channel\":\"kept\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":2,\"data\":{\"channel\":\"kept\",\"recovered\":true,"
					+ "\"position\":\"" + second + "\"}}");

			peer.send("{\"event\":\"iodine.subscribe\",\"id\":3,\"data\":{\"channel\":\"kept\",\"last\":1}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":3,\"data\":{\"channel\":\"kept\",\"recovered\":true}}");
			assertThat(peer.next()).isEqualTo("text {\"channel\":\"kept\",\"position\":\"" + second + "\",\"data\":2}");
		}
	}

	@Test
	void aClientFollowsTheMembersOfAChannel() {
		try (WebSocketPeer peer = connect("/secure", "ann"); WebSocketPeer other = connect("/secure", "bob")) {
			peer.next();
			other.next();
			peer.send("{\"event\":\"iodine.presence\",\"id\":1,\"data\":{\"channel\":\"room\"}}");
			assertThat(peer.next()).isEqualTo("text {\"id\":1,\"data\":{\"members\":[]}}");

			other.send("{\"event\":\"join\"}");

			assertThat(peer.next()).isEqualTo("text {\"event\":\"iodine.presence\",\"channel\":\"room\","
					+ "\"data\":{\"joined\":{\"name\":\"bob\",\"data\":{\"mood\":\"fine\"}}}}");
		}
	}

	@Test
	void theBrowserClientIsServed() {
		try (RawPeer peer = new RawPeer(server.port())) {
			Head head = peer.get("/iodine/iodine.js").expect(200);

			assertThat(head.header("content-type")).startsWith("text/javascript");
		}
	}

	private static WebSocketPeer connect(String path, String token) {
		return WebSocketPeer.connect(server, path, "bearer", token);
	}

	private static Jwt jwt(String token) {
		if (token.equals("bad")) {
			throw new BadJwtException("bad");
		}
		return Jwt.withTokenValue(token)
			.header("alg", "none")
			.subject(token)
			.claim("scope", token)
			.expiresAt(Instant.now().plusMillis(token.equals("short") ? 1500 : 600_000))
			.build();
	}

	/** Tokens that are names, in WebFlux. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@EnableWebFluxSecurity
	static class OnWebFlux {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(paths) -> paths.pathMatchers("/iodine/**").permitAll().anyExchange().authenticated())
				.oauth2ResourceServer((oauth2) -> oauth2.jwt(Customizer.withDefaults()))
				.build();
		}

		@Bean
		ReactiveJwtDecoder decoder() {
			return (token) -> Mono.fromSupplier(() -> jwt(token));
		}

	}

	/** Tokens that are names, in Spring MVC. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@EnableWebSecurity
	static class OnMvc {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(paths) -> paths.requestMatchers("/iodine/**").permitAll().anyRequest().authenticated())
				.oauth2ResourceServer((oauth2) -> oauth2.jwt(Customizer.withDefaults()))
				.build();
		}

		/** Where Boot would put it. */
		@Bean
		DelegatingFilterProxyRegistrationBean securityChain() {
			DelegatingFilterProxyRegistrationBean chain = new DelegatingFilterProxyRegistrationBean(
					"springSecurityFilterChain");
			chain.setOrder(-100);
			return chain;
		}

		@Bean
		JwtDecoder decoder() {
			return ConnectionSecurityTests::jwt;
		}

	}

	/** An application with such tokens. */
	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	@Import({ OnWebFlux.class, OnMvc.class, Secure.class, Admins.class, Guarded.class, GuardedOpening.class,
			GuardedPlain.class, Secrets.class })
	static class Application {

		@Bean
		ChannelAuthorizer authorizer() {
			return new ChannelAuthorizer() {

				@Override
				public boolean maySubscribe(Optional<Principal> principal, String channel) {
					return !channel.equals("secret");
				}

				@Override
				public boolean mayPublish(Optional<Principal> principal, String channel) {
					return principal.filter((user) -> user.getName().equals("admin")).isPresent();
				}

			};
		}

	}

	/** A service that only some may call. */
	static class Secrets {

		@PreAuthorize("hasAuthority('SCOPE_admin')")
		public String tell() {
			return "secret of "
					+ Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication()).getName();
		}

	}

	/** Calls the service. */
	@UpgradeHandler("/secure")
	static class Secure {

		static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

		private final Secrets secrets;

		Secure(Secrets secrets) {
			this.secrets = secrets;
		}

		@OnOpen
		String open(@AuthenticationPrincipal Jwt jwt, Principal principal) {
			return jwt.getSubject() + " " + principal.getName();
		}

		@OnMessage("secret")
		String secret() {
			return this.secrets.tell();
		}

		@OnMessage("deferred")
		void deferred(Connection client) {
			client.defer(() -> client.write("deferred "
					+ Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication()).getName()));
		}

		@OnMessage("reactive")
		Mono<String> reactive() {
			return ReactiveSecurityContextHolder.getContext()
				.map((context) -> "reactive " + Objects.requireNonNull(context.getAuthentication()).getName());
		}

		@OnMessage("join")
		void join(Connection client, Principal principal) {
			client.join("room", principal.getName(), Map.of("mood", "fine"));
		}

		@OnClose
		void closed() {
			CLOSED.add(Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication()).getName());
		}

	}

	/** A handler one of whose methods only some may call. */
	@UpgradeHandler("/guarded")
	static class Guarded {

		@OnOpen
		String open(Principal principal) {
			return "welcome " + principal.getName();
		}

		@OnMessage("secret")
		@PreAuthorize("hasAuthority('SCOPE_admin')")
		String secret() {
			return "secret";
		}

		@OnMessage("open")
		String open() {
			return "for all";
		}

	}

	/** A handler that opens for some only. */
	@UpgradeHandler("/guarded-opening")
	static class GuardedOpening {

		@OnOpen
		@PreAuthorize("hasAuthority('SCOPE_admin')")
		String open() {
			return "opened";
		}

	}

	/** A handler of the interface, of which Spring makes a proxy of interfaces. */
	@UpgradeHandler("/guarded-plain")
	static class GuardedPlain implements ConnectionHandler {

		@Override
		@PreAuthorize("!hasAuthority('SCOPE_bob')")
		public void onOpen(Connection client) {
			client.write("welcome " + client.principal().orElseThrow().getName());
		}

		@Override
		@PreAuthorize("!#message.isText() or hasAuthority('SCOPE_admin')")
		public void onMessage(Connection client, @P("message") Message message) {
			client.write(message);
		}

	}

	/** Denies most at the opening. */
	@UpgradeHandler("/admins")
	static class Admins {

		private final Secrets secrets;

		Admins(Secrets secrets) {
			this.secrets = secrets;
		}

		@OnOpen
		String open() {
			return this.secrets.tell();
		}

	}

}
