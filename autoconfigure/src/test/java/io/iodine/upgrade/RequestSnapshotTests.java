package io.iodine.upgrade;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

import io.iodine.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.util.pattern.PathPatternParser;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of what a connection keeps of its request. */
class RequestSnapshotTests {

	@ParameterizedTest
	@ValueSource(strings = { "http://here.example/chat", "https://here.example/chat", "http://there.example/chat",
			"http://here.example/chat?a=b", "http://here.example/context/chat", "ws://here.example/chat", "/chat" })
	void theUriIsThatOfTheRequest(String uri) {
		RequestSnapshot snapshot = snapshot(MockServerHttpRequest.get(uri).header("Host", "here.example").build());

		snapshot.detach();

		assertThat(snapshot.uri()).hasToString(uri);
		assertThat(snapshot.path()).isEqualTo("/chat");
	}

	@Test
	void headersAreThoseOfTheRequest() {
		HttpRequest request = MockServerHttpRequest.get("/chat")
			.header("Host", "here.example")
			.header("upgrade", "websocket")
			.header("Sec-WebSocket-Version", "13")
			.header("Cookie", "Cookie")
			.header("X-Of-Many", "a", "Host", "")
			.build();
		RequestSnapshot snapshot = snapshot(request);

		snapshot.detach();

		assertThat(snapshot.headers()).containsOnly(Map.entry("Host", List.of("here.example")),
				Map.entry("upgrade", List.of("websocket")), Map.entry("Sec-WebSocket-Version", List.of("13")),
				Map.entry("Cookie", List.of("Cookie")), Map.entry("X-Of-Many", List.of("a", "Host", "")));
		assertThat(snapshot.header("HOST")).contains("here.example");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nCookie\nforged=1", "a\n", "\n", "\u000b", "\u001f" })
	void aValueWithAControlCharacterForgesNoOtherHeader(String value) {
		RequestSnapshot snapshot = snapshot(
				MockServerHttpRequest.get("/chat").header("X", value).header("Host", "here.example").build());

		assertThat(snapshot.headers()).containsOnlyKeys("X", "Host");
		assertThat(snapshot.cookie("forged")).isEmpty();
		assertThat(snapshot.header("Host")).contains("here.example");
		assertThat(snapshot.header("X").orElseThrow()).hasSize(value.length()).doesNotContain("Cache", "Host");
	}

	@Test
	void aConnectionSharesThePathWithItsEndpoint() {
		RequestSnapshot snapshot = snapshot(MockServerHttpRequest.get("/chat").build());
		String pattern = new String("/chat");
		snapshot.pathPattern(PathPatternParser.defaultInstance.parse(pattern));

		snapshot.detach();

		assertThat(snapshot.path()).isSameAs(snapshot.pathPattern().orElseThrow());
	}

	@Test
	void noPermitIsAcquiredAfterTheEnd() {
		RequestSnapshot snapshot = snapshot(MockServerHttpRequest.get("/chat").build());

		snapshot.end();

		assertThat(snapshot.permit().arm()).isFalse();
	}

	private static RequestSnapshot snapshot(HttpRequest request) {
		return new RequestSnapshot(new Fixed(request), List.of(Protocol.WEBSOCKET));
	}

	/** A request to {@code /chat}. */
	private record Fixed(HttpRequest request) implements RequestSnapshot.Source {

		@Override
		public String path() {
			return new String("/chat");
		}

		@Override
		public @Nullable InetSocketAddress remoteAddress() {
			return null;
		}

		@Override
		public Map<String, Object> attributes() {
			return Map.of();
		}

		@Override
		public @Nullable String matchedPattern() {
			return null;
		}

		@Override
		public List<CorsConfiguration> cors() {
			return List.of();
		}

		@Override
		public boolean isExtendedConnect() {
			return false;
		}

	}

}
