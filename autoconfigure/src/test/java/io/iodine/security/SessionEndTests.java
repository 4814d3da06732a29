package io.iodine.security;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.connection.TestServer;
import io.iodine.test.IodineTestClient;
import org.apache.catalina.Context;
import org.apache.catalina.Session;
import org.apache.catalina.session.StandardManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of sessions that end while they have connections, on both stacks. */
class SessionEndTests {

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http = HttpClient.newBuilder().cookieHandler(this.cookies).build();

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void aLogoutClosesTheConnectionsOfItsSessionOnly(String kind) throws Exception {
		try (TestServer server = start(kind)) {
			login(server);
			String cookie = cookie();
			login(server);
			try (IodineTestClient first = open(server, cookie);
					IodineTestClient second = open(server, cookie());
					IodineTestClient third = open(server, cookie())) {
				for (IodineTestClient client : List.of(first, second, third)) {
					client.expectText("open ann");
				}

				post(server, "/logout", "");

				second.expectClosed(4401, "session ended");
				third.expectClosed(4401, "session ended");
				first.send("still here");
				first.expectText("message ann");
				assertThat(server.context().getBean(SessionConnections.class).isEmpty()).isFalse();
			}
			await().until(server.context().getBean(SessionConnections.class)::isEmpty);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void aRequestWithTwoSessionsMovesNoConnectionBetweenThem(String kind) throws Exception {
		try (TestServer server = start(kind)) {
			login(server);
			String other = cookie();
			login(server);
			String own = cookie();
			try (IodineTestClient client = open(server, own)) {
				client.expectText("open ann");

				HttpClient.newHttpClient()
					.send(HttpRequest.newBuilder(server.uri("http", "/")).header("Cookie", other + "; " + own).build(),
							HttpResponse.BodyHandlers.discarding());
				post(server, "/logout", "");

				client.expectClosed(4401, "session ended");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void allCallbacksOfAPlainHandlerHaveTheContext(String kind) throws Exception {
		try (TestServer server = start(kind)) {
			login(server);
			try (IodineTestClient client = open(server, cookie())) {
				client.expectText("open ann");
				client.send("now");
				client.expectText("message ann");
				client.expectText("deferred ann");
				client.expectText("listener ann");
			}

			assertThat(Plain.CLOSED.poll(30, TimeUnit.SECONDS)).isEqualTo("close ann");
			assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
		}
	}

	@Test
	void aSessionThatExpiresClosesItsConnections() throws Exception {
		try (TestServer server = start("netty", "spring.session.timeout=2s", "server.reactive.session.timeout=2s")) {
			login(server);
			try (IodineTestClient client = open(server, cookie())) {
				client.expectText("open ann");

				client.expectClosed(4401, "session ended");
			}
		}
	}

	@Test
	void aSessionThatTomcatExpiresClosesItsConnections() throws Exception {
		try (TestServer server = start("tomcat")) {
			login(server);
			StandardManager sessions = sessions(server);
			try (IodineTestClient client = open(server, cookie())) {
				client.expectText("open ann");

				for (Session session : sessions.findSessions()) {
					session.setMaxInactiveInterval(1);
				}
				// Tomcat does it every minute
				await().until(() -> {
					sessions.processExpires();
					return sessions.getExpiredSessions() > 0;
				});

				client.expectClosed(4401, "session ended");
			}
		}
	}

	private static StandardManager sessions(TestServer server) {
		WebServerApplicationContext context = (WebServerApplicationContext) server.context();
		TomcatWebServer tomcat = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
		Context application = (Context) tomcat.getTomcat().getHost().findChildren()[0];
		return (StandardManager) application.getManager();
	}

	@Test
	void withoutTheCookieNobodyComesIn() throws Exception {
		try (TestServer server = start("netty")) {
			assertThat(IodineTestClient.at(server.port()).header("Accept", "*/*").expectRejected("/plain"))
				.isEqualTo(302);
		}
	}

	private static TestServer start(String kind, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "test.server=" + kind;
		return TestServer.start(List.of(Application.class), all);
	}

	private static IodineTestClient open(TestServer server, String cookie) {
		return IodineTestClient.at(server.port()).header("Cookie", cookie).open("/plain");
	}

	private void login(TestServer server) throws IOException, InterruptedException {
		this.cookies.getCookieStore().removeAll();
		post(server, "/login", "username=ann&password=secret");
	}

	private String cookie() {
		return this.cookies.getCookieStore()
			.getCookies()
			.stream()
			.map((cookie) -> cookie.getName() + "=" + cookie.getValue())
			.findFirst()
			.orElseThrow();
	}

	private void post(TestServer server, String path, String body) throws IOException, InterruptedException {
		URI uri = server.uri("http", path);
		HttpResponse<Void> response = this.http.send(HttpRequest.newBuilder(uri)
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(response.statusCode()).isEqualTo(302);
		assertThat(response.headers().firstValue("Location").orElseThrow()).doesNotContain("error");
	}

	/** Users who log in by a form, on either stack. */
	@Configuration(proxyBeanMethods = false)
	@Import({ Reactive.class, Servlets.class, Plain.class })
	static class Application {

		static UserDetails ann() {
			return User.withUsername("ann").password("{noop}secret").roles("USER").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@EnableWebFluxSecurity
	static class Reactive {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((paths) -> paths.anyExchange().authenticated())
				.formLogin(Customizer.withDefaults())
				.csrf(ServerHttpSecurity.CsrfSpec::disable)
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(Application.ann());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@EnableWebSecurity
	static class Servlets {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((paths) -> paths.anyRequest().authenticated())
				.formLogin(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(Application.ann());
		}

	}

	/** Writes the name of the user in each callback. */
	@UpgradeHandler("/plain")
	static class Plain implements ConnectionHandler {

		static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

		@Override
		public void onOpen(Connection client) {
			client.attributes().putAll(Map.of("opened", true));
			client.subscribe("plain:" + client.id(), (channel, message) -> client.write(who("listener")));
			client.write(who("open"));
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(who("message"));
			client.defer(() -> {
				client.write(who("deferred"));
				client.publish("plain:" + client.id(), message);
			});
		}

		@Override
		public void onClose(Connection client) {
			CLOSED.add(who("close"));
		}

		private static String who(String callback) {
			return callback + " "
					+ Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication()).getName();
		}

	}

}
