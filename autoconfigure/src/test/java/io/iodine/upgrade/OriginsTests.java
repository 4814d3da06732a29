package io.iodine.upgrade;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Origins}.
 */
class OriginsTests {

	@ParameterizedTest
	@CsvSource({ "http://a.example/x, http://a.example", "http://a.example/x, http://A.EXAMPLE:80",
			"https://a.example/x, https://a.example:443", "http://a.example:8080/x, http://a.example:8080",
			"http://[::1]:8080/x, http://[::1]:8080" })
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
	void aListReplacesTheSameOrigin() {
		assertThat(allows("https://a.example/x", "https://a.example", List.of("https://b.example"))).isFalse();
	}

	@Test
	void whoComesFromNoPageMayConnect() {
		assertThat(Origins.allows(MockServerHttpRequest.get("http://a.example/x").build(), List.of())).isTrue();
	}

	private static boolean allows(String target, String origin, List<String> allowed) {
		return Origins.allows(MockServerHttpRequest.get(target).header("Origin", origin).build(), allowed);
	}

}
