package io.iodine.edge;

import java.util.ArrayList;
import java.util.List;

import io.iodine.edge.RawClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sends the table through a real socket. */
class RequestTableTests {

	private static GuardedServer server;

	@BeforeAll
	static void start() {
		server = new GuardedServer(GuardedServer.limits());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@MethodSource("io.iodine.edge.RequestTable#cases")
	void answersInOrderAndClosesWhenInDoubt(RequestTable.Case request) {
		try (RawClient client = server.client()) {

			client.send(request.request());

			List<Integer> statuses = new ArrayList<>();
			for (int i = 0; i < request.statuses().size(); i++) {
				Answer answer = client.answer();
				statuses.add(answer.status());
				assertThat(answer.status() == 100 || !answer.header("date").isEmpty()).as("has a date").isTrue();
				boolean last = i == request.statuses().size() - 1;
				assertThat(answer.header("connection").equals("close")).as("says that it closes")
					.isEqualTo(last && request.closes());
			}
			assertThat(statuses).isEqualTo(request.statuses());
			if (request.closes()) {
				assertThat(client.rest()).isEmpty();
			}
			else {
				assertThat(client.send("GET /probe HTTP/1.1\r\nHost: a\r\n\r\n").answer().body()).isEqualTo("hello");
			}
			assertThat(server.served()).noneMatch((served) -> served.contains("smuggled"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "100-continue", "100-Continue" })
	void whoWaitsToBeAskedForTheBodyIsAskedOnce(String expectation) {
		try (RawClient client = server.client()) {
			client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: " + expectation + "\r\n\r\n");
			assertThat(client.answer().status()).isEqualTo(100);

			client.send("ab");

			Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("ab");
			assertThat(answer.header("connection")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ HTTP/1.1\r\n\r\n", "/ HTTP/1.2\r\n", "http://me@a HTTP/1.1\r\nHost: a\r\n\r\n",
			"/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz" })
	void aRefusalOfAHeadHasNoBody(String rest) {
		try (RawClient client = server.client()) {

			Answer answer = client.send("HEAD " + rest).answer(true);

			assertThat(answer.status()).isGreaterThanOrEqualTo(400);
			assertThat(answer.header("content-length")).isNotEqualTo("0");
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void theServerSaysWhatItAllows() {
		try (RawClient client = server.client()) {

			Answer answer = client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").answer();

			assertThat(answer.status()).isEqualTo(204);
			assertThat(answer.header("allow")).contains("GET", "POST", "OPTIONS");
			assertThat(answer.headers()).doesNotContainKeys("content-length", "transfer-encoding");
		}
	}

	@ParameterizedTest
	@CsvSource({ "http://b:81/uri?c=d, http://b:81/uri?c=d", "http://b, http://b/", "http://b?c, http://b/?c",
			"/uri, http://a/uri" })
	void theTargetSaysWhoIsAskedOrElseHost(String target, String uri) {
		try (RawClient client = server.client()) {

			Answer answer = client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();

			assertThat(answer.header("x-uri")).isEqualTo(uri);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Connection: keep-alive\r\n" })
	void theVersionIsTheServers(String connection) {
		try (RawClient client = server.client()) {

			client.send("GET / HTTP/1.0\r\n" + connection + "\r\n");

			assertThat(client.octets("HTTP/1.1 200".length())).isEqualTo("HTTP/1.1 200");
		}
	}

	@Test
	void theTableIsLong() {
		assertThat(RequestTable.cases().map(RequestTable.Case::request).distinct().count()).isGreaterThan(200);
	}

}
