package io.iodine.upgrade;

import java.util.List;

import io.iodine.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Origins}.
 */
class OriginsTests {

	@ParameterizedTest
	@CsvSource({ "http://a.example/x, http://a.example", "http://a.example/x, http://A.EXAMPLE:80",
			"https://a.example/x, https://a.example:443", "http://my_app:8080/x, http://my_app:8080",
			"http://a.example:8080/x, http://a.example:8080", "http://[::1]:8080/x, http://[::1]:8080" })
	void theSameOriginMayConnect(String target, String origin) {
		assertThat(allows(target, origin, List.of())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "http://a.example/x, http://b.example", "http://a.example/x, https://a.example",
			"http://a.example/x, http://a.example:8080", "http://a.example/x, null", "http://a.example/x, not a URI",
			"http://a.example/x, http://a.example.evil.example" })
	void anotherOriginMayNot(String target, String origin) {
		assertThat(allows(target, origin, List.of())).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "https://chat.example, true", "https://CHAT.example, true", "https://x.shop.example, true",
			"https://shop.example, false", "http://chat.example, false", "https://chat.example.evil.example, false" })
	void aListAllowsWhatMatches(String origin, boolean allowed) {
		List<String> list = List.of("https://chat.example", "https://*.shop.example");

		assertThat(allows("https://a.example/x", origin, list)).isEqualTo(allowed);
	}

	@Test
	void theOwnOriginPassesBesidesAList() {
		assertThat(allows("https://a.example/x", "https://a.example", List.of("https://b.example"))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "https://app.example/, https://app.example", "https://app.example:443, https://app.example",
			"http://app.example:80, http://app.example", "HTTPS://App.Example, https://app.example",
			"http://my_app:8080, http://my_app:8080", "https://*.shop.example:443, https://x.shop.example",
			"http://localhost:*, http://localhost:3000", "' * ', http://any.example", "*, http://any.example" })
	void listedOriginsAreNormalised(String listed, String origin) {
		assertThat(allows("http://a.example/x", origin, List.of(listed))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.example", "app.example:443", "//app.example", "https://", "https://a/b", "null", "",
			"https://a b" })
	void aValueThatWouldMatchNothingIsInvalid(String value) {
		assertThat(Origins.isValid(value)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "https://app.example", "https://app.example/", "https://*.app.example",
			"http://localhost:*", "http://[::1]:8080", "http://my_app:8080", "capacitor://localhost" })
	void anOriginOrAPatternIsValid(String value) {
		assertThat(Origins.isValid(value)).isTrue();
	}

	@Test
	void springsConfigurationAllowsTheOriginsThatItNames() {
		CorsConfiguration named = new CorsConfiguration();
		named.setAllowedOrigins(List.of("https://b.example"));

		assertThat(allows("https://b.example", Protocol.WEBSOCKET, named)).isTrue();
		assertThat(allows("https://c.example", Protocol.WEBSOCKET, named)).isFalse();
	}

	@Test
	void aWildcardOfSpringsConfigurationAllowsNoWebSocketBecauseThatHasCookies() {
		CorsConfiguration any = new CorsConfiguration().applyPermitDefaultValues();

		assertThat(allows("https://b.example", Protocol.SSE, any)).isTrue();
		assertThat(allows("https://b.example", Protocol.WEBSOCKET, any)).isFalse();
		assertThat(allows("https://b.example", Protocol.RAW, any)).isFalse();
	}

	@Test
	void anAllowedPageMayReadTheResponseWithCookiesOnlyIfToldSo() {
		HttpHeaders without = new HttpHeaders();
		HttpHeaders with = new HttpHeaders();

		Origins.admit(from("https://b.example"), without, false);
		Origins.admit(from("https://b.example"), with, true);

		assertThat(without.getAccessControlAllowOrigin()).isEqualTo("https://b.example");
		assertThat(without.getVary()).contains("Origin");
		assertThat(without.getAccessControlAllowCredentials()).isFalse();
		assertThat(with.getAccessControlAllowCredentials()).isTrue();
	}

	@Test
	void whatSpringHasAnsweredStays() {
		HttpHeaders headers = new HttpHeaders();
		headers.setAccessControlAllowOrigin("*");

		Origins.admit(from("https://b.example"), headers, true);

		assertThat(headers.getAccessControlAllowOrigin()).isEqualTo("*");
		assertThat(headers.getAccessControlAllowCredentials()).isFalse();
		assertThat(headers.getVary()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "http://a.example, http://a.example", "http://a.example, http://evil.example",
			"http://evil.example, http://a.example" })
	void aRequestThatNamesTwoOriginsMayNotConnect(String first, String second) {
		MockServerHttpRequest request = MockServerHttpRequest.get("http://a.example/x")
			.header("Origin", first, second)
			.build();

		assertThat(Origins.allows(request, List.of(), Protocol.WEBSOCKET, List.of())).isFalse();
		assertThat(Origins.allows(request, List.of("*"), Protocol.SSE, List.of())).isFalse();
	}

	@Test
	void whoComesFromNoPageMayConnect() {
		assertThat(Origins.allows(MockServerHttpRequest.get("http://a.example/x").build(), List.of(), null, List.of()))
			.isTrue();
	}

	private static boolean allows(String target, String origin, List<String> allowed) {
		return Origins.allows(MockServerHttpRequest.get(target).header("Origin", origin).build(), allowed,
				Protocol.WEBSOCKET, List.of());
	}

	private static boolean allows(String origin, Protocol protocol, CorsConfiguration cors) {
		return Origins.allows(from(origin), List.of(), protocol, List.of(cors));
	}

	private static MockServerHttpRequest from(String origin) {
		return MockServerHttpRequest.get("http://a.example/x").header("Origin", origin).build();
	}

}
