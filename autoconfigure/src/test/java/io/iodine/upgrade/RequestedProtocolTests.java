package io.iodine.upgrade;

import java.util.List;

import io.iodine.Protocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link RequestedProtocol}. */
class RequestedProtocolTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "Upgrade|websocket", "upgrade|WebSocket", "keep-alive, Upgrade|websocket",
			"Upgrade|foo, websocket" })
	void aWebSocketIsAskedForByBothHeaders(String connection, String upgrade) {
		assertThat(requested(connection, upgrade, null)).containsExactly(Protocol.WEBSOCKET);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			value = { "-|websocket", "keep-alive|websocket", "Upgrade|-", "upgraded|websocket" })
	void oneHeaderAsksForNothing(@Nullable String connection, @Nullable String upgrade) {
		assertThat(requested(connection, upgrade, null)).isEmpty();
	}

	@Test
	void anExtendedConnectNeedsNoConnectionHeader() {
		MockServerHttpRequest request = MockServerHttpRequest.get("/").header(HttpHeaders.UPGRADE, "websocket").build();

		assertThat(RequestedProtocol.of(request, true)).containsExactly(Protocol.WEBSOCKET);
		assertThat(RequestedProtocol.of(request, false)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2c", "H2C", "TLS/1.2", "tls", "HTTP/2.0", "h2c, TLS/1.0" })
	void whatOnlyTheServerCanSwitchToIsNotRequested(String upgrade) {
		assertThat(requested("Upgrade", upgrade, null)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "chat/1|chat/1", "h2c, chat/1, other|chat/1 other", "h2cx|h2cx", "TLSx|TLSx",
			"websockets|websockets" })
	void anyOtherProtocolIsRaw(String upgrade, String offered) {
		assertThat(requested("Upgrade", upgrade, null)).containsExactly(Protocol.RAW);
		assertThat(RequestedProtocol.offered(List.of(upgrade))).containsExactly(offered.split(" "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream", "TEXT/Event-Stream", "text/html, text/event-stream;q=0.1",
			"text/event-stream;charset=utf-8", "not a type, text/event-stream" })
	void anEventStreamIsAskedForByName(String accept) {
		assertThat(requested(null, null, accept)).containsExactly(Protocol.SSE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "text/*", "text/html", "text/event-stream;q=0", "text/event-streams",
			"text/event-stream;q=2", "application/x;y=\"text/event-stream\"" })
	void nothingElseAsksForAnEventStream(String accept) {
		assertThat(requested(null, null, accept)).isEmpty();
	}

	@Test
	void theUpgradeIsPreferred() {
		assertThat(requested("Upgrade", "websocket", "text/event-stream")).containsExactly(Protocol.WEBSOCKET,
				Protocol.SSE);
		assertThat(requested("Upgrade", "chat/1", "text/event-stream")).containsExactly(Protocol.RAW, Protocol.SSE);
	}

	@Test
	void aPreflightAsksForNoEventStream() {
		MockServerHttpRequest request = MockServerHttpRequest.method(HttpMethod.OPTIONS, "/")
			.header(HttpHeaders.ACCEPT, "text/event-stream")
			.build();

		assertThat(RequestedProtocol.of(request, false)).isEmpty();
	}

	private static List<Protocol> requested(@Nullable String connection, @Nullable String upgrade,
			@Nullable String accept) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
		add(request, HttpHeaders.CONNECTION, connection);
		add(request, HttpHeaders.UPGRADE, upgrade);
		add(request, HttpHeaders.ACCEPT, accept);
		return RequestedProtocol.of(request.build(), false);
	}

	private static void add(MockServerHttpRequest.BaseBuilder<?> request, String name, @Nullable String value) {
		if (value != null) {
			request.header(name, value);
		}
	}

}
