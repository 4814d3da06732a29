package io.iodine.security;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link BearerCookies}. */
class BearerCookiesTests {

	@ParameterizedTest
	@CsvSource({ "GET, true", "HEAD, true", "POST, false", "PUT, false", "DELETE, false", "PATCH, false",
			"OPTIONS, false" })
	void onlyASafeRequestForAnEventStreamIsAuthorized(String method, boolean authorized) {
		MockServerHttpRequest request = MockServerHttpRequest.method(HttpMethod.valueOf(method), "/")
			.header(HttpHeaders.ACCEPT, "text/event-stream")
			.build();

		assertThat(BearerCookies.mayAuthorize(request)).isEqualTo(authorized);
	}

	@ParameterizedTest
	@CsvSource({ "websocket, true", "chat/1, true", "h2c, false" })
	void aRequestForAnotherProtocolIsAuthorized(String upgrade, boolean authorized) {
		MockServerHttpRequest request = MockServerHttpRequest.get("/").header(HttpHeaders.UPGRADE, upgrade).build();

		assertThat(BearerCookies.mayAuthorize(request)).isEqualTo(authorized);
	}

	@ParameterizedTest
	@CsvSource({ "text/html", "application/json", "*/*" })
	void aRequestForAPageIsNot(String accept) {
		MockServerHttpRequest request = MockServerHttpRequest.get("/").header(HttpHeaders.ACCEPT, accept).build();

		assertThat(BearerCookies.mayAuthorize(request)).isFalse();
	}

}
