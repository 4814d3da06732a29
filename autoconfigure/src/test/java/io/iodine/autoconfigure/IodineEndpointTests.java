package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import io.iodine.Drain;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.metrics.IodineEndpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The endpoint of the actuator, as an operator calls it. */
class IodineEndpointTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=iodine";

	private static final String WRITABLE = "iodine.actuator.write-operations=true";

	private final Recorder recorder = new Recorder();

	@Test
	void theOverviewTellsNumbersAndEngines() throws Exception {
		try (TestServer server = TestServer.start(EXPOSED); RawPeer peer = open(server, "ann")) {
			this.recorder.client().subscribe("news");

			assertThat(get(server, "").body()).contains("\"draining\":false", "\"connections\":1", "\"websocket\":1",
					"\"sse\":0", "\"subscriptions\":1", "\"defaultEngine\":\"this process only\"",
					"\"engines\":[\"this process only\"]", "\"writeOperations\":false");
			assertThat(peer).isNotNull();
		}
	}

	@Test
	void connectionsAreListedByPagesTheOldestFirst() throws Exception {
		try (TestServer server = TestServer.start(List.of(ConnectionRegistryTests.Users.class), EXPOSED);
				RawPeer first = open(server, "ann")) {
			String id = this.recorder.client().id();
			try (RawPeer second = open(server, "bob")) {

				assertThat(get(server, "/connections").body())
					.startsWith("{\"total\":2,\"page\":0,\"items\":[{\"id\":\"" + id
							+ "\",\"protocol\":\"WEBSOCKET\",\"path\":\"/threads/")
					.containsPattern("\"principal\":\"ann\",\"ageSeconds\":\\d+,\"pending\":0}");
				assertThat(get(server, "/connections?size=1&page=1").body()).startsWith("{\"total\":2,\"page\":1")
					.contains("bob")
					.doesNotContain("ann");
				assertThat(get(server, "/connections?size=1&page=2").body()).endsWith("\"items\":[]}");
				assertThat(get(server, "/connections?principal=bob").body()).startsWith("{\"total\":1,");
				assertThat(get(server, "/connections?path=/none").body()).startsWith("{\"total\":0,");
				assertThat(get(server, "/connections?size=0").statusCode()).isEqualTo(400);
				assertThat(get(server, "/others").statusCode()).isEqualTo(404);
				assertThat(first).isNotSameAs(second);
			}
		}
	}

	@Test
	void channelsAreListedWithTheirSubscribers() throws Exception {
		try (TestServer server = TestServer.start(EXPOSED); RawPeer peer = open(server, "ann")) {
			this.recorder.client().subscribe("news");
			this.recorder.client().subscribePattern("rooms.*");

			assertThat(get(server, "/channels").body()).isEqualTo(
					"{\"total\":2,\"page\":0,\"items\":[" + "{\"name\":\"news\",\"pattern\":false,\"subscribers\":1},"
							+ "{\"name\":\"rooms.*\",\"pattern\":true,\"subscribers\":1}]}");
			assertThat(peer).isNotNull();
		}
	}

	@Test
	void writeOperationsAreOffByDefault() throws Exception {
		try (TestServer server = TestServer.start(EXPOSED)) {
			HttpResponse<String> rejected = post(server, "/drain", "{}");

			assertThat(rejected.statusCode()).isEqualTo(403);
			assertThat(rejected.body()).contains("iodine.actuator.write-operations=true");
			assertThat(server.context().getBean(Drain.class).isDraining()).isFalse();
		}
	}

	@Test
	void anOperatorPublishesDisconnectsAndDrains() throws Exception {
		try (TestServer server = TestServer.start(List.of(ConnectionRegistryTests.Users.class), EXPOSED, WRITABLE);
				RawPeer peer = open(server, "ann")) {
			this.recorder.client().subscribe("news");

			assertThat(post(server, "/publish", "{\"channel\":\"news\",\"message\":\"hello\"}").body())
				.isEqualTo("{\"published\":true}");
			assertThat(peer.frame()).hasToString("text hello");
			assertThat(post(server, "/publish", "{\"channel\":\"news\"}").statusCode()).isEqualTo(400);
			assertThat(post(server, "/disconnect", "{\"id\":\"none\"}").body()).isEqualTo("{\"closed\":0}");
			assertThat(post(server, "/disconnect", "{\"principal\":\"ann\",\"code\":1006}").statusCode())
				.isEqualTo(400);
			assertThat(post(server, "/disconnect", "{\"principal\":\"ann\",\"code\":4403,\"reason\":\"out\"}").body())
				.contains("\"closed\":1", "\"otherProcessesTold\":true");
			assertThat(peer.frame()).hasToString("close 4403 out");
			assertThat(post(server, "/none", "{}").statusCode()).isEqualTo(404);
			assertThat(post(server, "/drain", "{}").body()).isEqualTo("{\"draining\":true}");
			assertThat(server.context().getBean(Drain.class).isDraining()).isTrue();
		}
	}

	@Test
	void itIsNotThereUnlessExposed() {
		try (TestServer server = TestServer.start()) {
			assertThat(server.context().getBeanNamesForType(IodineEndpoint.class)).isEmpty();
		}
	}

	private RawPeer open(TestServer server, String user) {
		RawPeer peer = new RawPeer(server.port()).handshake(server.serve(this.recorder), "X-User: " + user);
		peer.expect(101);
		return peer;
	}

	private static HttpResponse<String> get(TestServer server, String path) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(server.uri("http", "/actuator/iodine" + path)));
	}

	private static HttpResponse<String> post(TestServer server, String path, String json)
			throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(server.uri("http", "/actuator/iodine" + path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(json)));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

}
