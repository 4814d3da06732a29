package io.iodine.upgrade;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.iodine.Protocol;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.ConnectionLimiter;
import io.iodine.connection.limit.RejectionReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.util.pattern.PathPatternParser;

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
			.header("X-ä", "€ß")
			.build();
		RequestSnapshot snapshot = snapshot(request);

		snapshot.detach();

		assertThat(snapshot.headers()).containsOnly(Map.entry("Host", List.of("here.example")),
				Map.entry("upgrade", List.of("websocket")), Map.entry("Sec-WebSocket-Version", List.of("13")),
				Map.entry("Cookie", List.of("Cookie")), Map.entry("X-Of-Many", List.of("a", "Host", "")),
				Map.entry("X-ä", List.of("€ß")));
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

	@Test
	void thePartsOfARequestAreKeptAfterIt() {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat?room=a&room=b&x=ä")
			.header("Cookie", "a=1; token=secret")
			.header("Sec-WebSocket-Protocol", "v2, v1")
			.header("Sec-WebSocket-Protocol", "v0")
			.build());
		source.pattern = "/{room}";
		source.remote = new InetSocketAddress("192.0.2.1", 80);
		source.attributes.putAll(Map.of("tenant", "blue", "org.springframework.x", 1, "io.iodine.x", 2));
		RequestSnapshot snapshot = new RequestSnapshot(source, List.of(Protocol.WEBSOCKET));
		snapshot.principal(() -> "ann");
		snapshot.pathVariables(Map.of("room", "chat"));

		snapshot.detach();
		source.pattern = "another";
		source.attributes.clear();

		assertThat(snapshot.queryParams()).containsExactly(Map.entry("room", List.of("a", "b")),
				Map.entry("x", List.of("ä")));
		assertThat(snapshot.queryParam("room")).contains("a");
		assertThat(snapshot.queryParam("y")).isEmpty();
		assertThat(snapshot.cookie("token")).contains("secret");
		assertThat(snapshot.subprotocols()).containsExactly("v2", "v1", "v0");
		assertThat(snapshot.principal().orElseThrow().getName()).isEqualTo("ann");
		assertThat(snapshot.remoteAddress()).contains(new InetSocketAddress("192.0.2.1", 80));
		assertThat(snapshot.attributes()).containsOnly(Map.entry("tenant", "blue"));
		assertThat(snapshot.pathPattern()).contains("/{room}");
		assertThat(snapshot.pathVariable("room")).contains("chat");
		assertThat(snapshot.pathVariable("none")).isEmpty();
	}

	@Test
	void whatWasLookedAtBeforeTheTakeOverStays() {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat").build());
		source.attributes.put("tenant", "blue");
		RequestSnapshot snapshot = new RequestSnapshot(source, List.of());

		snapshot.attributes().put("own", "x");
		snapshot.attributes().put("tenant", "green");
		source.attributes.put("late", "y");
		snapshot.detach();

		assertThat(snapshot.attributes()).containsOnly(Map.entry("own", "x"), Map.entry("tenant", "green"),
				Map.entry("late", "y"));
	}

	@Test
	void thePatternOfTheControllerIsThatOfTheRequestUnlessAnEndpointHasItsOwn() {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat").build());
		source.pattern = "/{page}";
		RequestSnapshot snapshot = new RequestSnapshot(source, List.of());

		assertThat(snapshot.pathPattern()).contains("/{page}");
		snapshot.pathPattern(PathPatternParser.defaultInstance.parse("/{room}"));
		assertThat(snapshot.pathPattern()).contains("/{room}");
		snapshot.detach();
		assertThat(snapshot.pathPattern()).contains("/{room}");
	}

	@ParameterizedTest
	@CsvSource({ "12, 12", "Ã¤, ä", "ä, ä" })
	void theIdOfTheLastEventIsReadAsUtf8WhereItIs(String header, String id) {
		RequestSnapshot snapshot = snapshot(MockServerHttpRequest.get("/chat").header("Last-Event-ID", header).build());

		assertThat(snapshot.lastEventId()).contains(id);
	}

	@Test
	void whatIsReadOfARequestCannotBeChanged() {
		RequestSnapshot snapshot = snapshot(MockServerHttpRequest.get("/chat?a=b").header("X-A", "b").build());

		assertThat(snapshot.lastEventId()).isEmpty();
		assertThat(snapshot.principal()).isEmpty();
		assertThat(snapshot.remoteAddress()).isEmpty();
		assertThat(snapshot.queryParams()).isUnmodifiable();
		assertThat(snapshot.queryParams().get("a")).isUnmodifiable();
		assertThat(snapshot.headers()).isUnmodifiable();
		assertThat(snapshot.headers().get("X-A")).isUnmodifiable();
	}

	@Test
	void theProtocolIsTheOneThatWasChosenElseThatWhichIsNoOffer() {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat").build());
		RequestSnapshot snapshot = new RequestSnapshot(source, List.of(Protocol.RAW, Protocol.SSE));

		assertThat(snapshot.protocols()).containsExactly(Protocol.RAW, Protocol.SSE);
		assertThat(snapshot.protocol()).contains(Protocol.SSE);
		assertThat(snapshot.isChosen()).isFalse();
		snapshot.choose(Protocol.RAW);
		assertThat(snapshot.protocol()).contains(Protocol.RAW);
		assertThat(snapshot.isChosen()).isTrue();
		snapshot.choose(null);
		assertThat(snapshot.protocol()).contains(Protocol.SSE);
		assertThat(new RequestSnapshot(source, List.of()).protocol()).isEmpty();
	}

	@Test
	void springsConfigurationOfCorsIsAskedWhileThereIsARequest() {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat").build());
		source.cors = List.of(new CorsConfiguration());
		RequestSnapshot snapshot = new RequestSnapshot(source, List.of());

		assertThat(snapshot.cors()).isEqualTo(source.cors);
		snapshot.detach();
		assertThat(snapshot.cors()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anExtendedConnectIsKnownAsSuch(boolean extended) {
		Fixed source = new Fixed(MockServerHttpRequest.get("/chat").build());
		source.extendedConnect = extended;

		assertThat(new RequestSnapshot(source, List.of()).isExtendedConnect()).isEqualTo(extended);
	}

	@Test
	void oneRequestHasOnePermitOfItsAddressAndUser() {
		ConnectionLimiter limiter = new ConnectionLimiter(
				new AdmissionLimits(0, 0, 1, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE));
		RequestSnapshot first = snapshot(MockServerHttpRequest.get("/chat").build());
		RequestSnapshot second = snapshot(MockServerHttpRequest.get("/chat").build());
		first.principal(() -> "ann");
		second.principal(() -> "ann");

		assertThat(first.acquirePermit(limiter)).isEmpty();
		assertThat(first.acquirePermit(limiter)).isEmpty();
		assertThat(limiter.inUse()).isEqualTo(1);
		assertThat(second.acquirePermit(limiter)).contains(RejectionReason.PRINCIPAL);
		second.releasePermit();
		first.releasePermit();
		assertThat(limiter.inUse()).isZero();
		assertThat(second.acquirePermit(limiter)).isEmpty();
		assertThat(limiter.inUse()).isEqualTo(1);
		second.end();
		assertThat(limiter.inUse()).isZero();
	}

	private static RequestSnapshot snapshot(HttpRequest request) {
		return new RequestSnapshot(new Fixed(request), List.of(Protocol.WEBSOCKET));
	}

	/** A request to {@code /chat}. */
	private static final class Fixed implements RequestSnapshot.Source {

		private final HttpRequest request;

		private final Map<String, Object> attributes = new HashMap<>();

		private List<CorsConfiguration> cors = List.of();

		private @Nullable InetSocketAddress remote;

		private @Nullable String pattern;

		private boolean extendedConnect;

		Fixed(HttpRequest request) {
			this.request = request;
		}

		@Override
		public HttpRequest request() {
			return this.request;
		}

		@Override
		public String path() {
			return new String("/chat");
		}

		@Override
		public @Nullable InetSocketAddress remoteAddress() {
			return this.remote;
		}

		@Override
		public Map<String, Object> attributes() {
			return this.attributes;
		}

		@Override
		public @Nullable String matchedPattern() {
			return this.pattern;
		}

		@Override
		public List<CorsConfiguration> cors() {
			return this.cors;
		}

		@Override
		public boolean isExtendedConnect() {
			return this.extendedConnect;
		}

	}

}
