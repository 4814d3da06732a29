package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.connection.RawPeer;
import io.iodine.connection.RawPeer.Head;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Event streams of other origins, behind Spring Security and its own CORS settings. */
@ParameterizedClass
@ValueSource(strings = { "netty", "tomcat", "jetty" })
class SecurityCorsTests {

	private static final String USER = "Authorization: Basic "
			+ Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.US_ASCII));

	private static final Map<String, TestServer> SERVERS = new ConcurrentHashMap<>();

	@AutoClose
	private final RawPeer peer;

	SecurityCorsTests(String name) {
		TestServer server = SERVERS.computeIfAbsent(name,
				(key) -> TestServer.start(List.of(Events.class, OnWebFlux.class, OnSpringMvc.class),
						"test.server=" + key, "logging.level.io.iodine.upgrade=off"));
		this.peer = new RawPeer(server.port());
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(TestServer::close);
		SERVERS.clear();
	}

	@Test
	void aPreflightNeedsNoCredentials() {
		Head head = preflight("https://app.example");

		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("access-control-allow-origin")).isEqualTo("https://app.example");
		assertThat(head.header("access-control-allow-headers")).contains("authorization");
	}

	@Test
	void aPreflightOfAnotherOriginIsRejected() {
		assertThat(preflight("https://other.example").status()).isEqualTo(403);
	}

	@Test
	void theEventsThatFollowNeedCredentials() {
		this.peer.get("/events", "Accept: text/event-stream", "Origin: https://app.example").expect(401);
	}

	@Test
	void theEventsThatFollowAreReadByTheirOrigin() {
		Head head = this.peer.get("/events", "Accept: text/event-stream", "Origin: https://app.example", USER)
			.expect(200);

		assertThat(head.headers().get("access-control-allow-origin")).containsExactly("https://app.example");
	}

	@Test
	void aWebSocketOfTheSameOriginConnects() {
		this.peer.handshake("/events", "Origin: https://app.example", USER).expect(101);
	}

	@Test
	void aWebSocketOfAnotherOriginDoesNot() {
		this.peer.handshake("/events", "Origin: https://other.example", USER).expect(403);
	}

	private Head preflight(String origin) {
		return this.peer
			.request("OPTIONS", "/events", "Origin: " + origin, "Access-Control-Request-Method: GET",
					"Access-Control-Request-Headers: authorization")
			.head();
	}

	private static CorsConfiguration cors() {
		CorsConfiguration configuration = new CorsConfiguration();
		configuration.setAllowedOrigins(List.of("https://app.example"));
		configuration.setAllowedHeaders(List.of("*"));
		return configuration;
	}

	private static UserDetails user() {
		return User.withUsername("user").password("{noop}secret").roles("USER").build();
	}

	@UpgradeHandler("/events")
	static class Events implements ConnectionHandler {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFluxSecurity
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class OnWebFlux {

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(user());
		}

		@Bean
		org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource corsConfigurationSource() {
			org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource source = new org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration("/**", cors());
			return source;
		}

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http.cors(Customizer.withDefaults())
				.authorizeExchange((requests) -> requests.anyExchange().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class OnSpringMvc {

		@Bean
		InMemoryUserDetailsManager users() {
			return new InMemoryUserDetailsManager(user());
		}

		@Bean
		UrlBasedCorsConfigurationSource corsConfigurationSource() {
			UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration("/**", cors());
			return source;
		}

		@Bean
		SecurityFilterChain chain(HttpSecurity http) {
			return http.cors(Customizer.withDefaults())
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

}
