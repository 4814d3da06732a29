package io.iodine.metrics;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what Prometheus, which is strict about names and tags, reads of the meters.
 */
class PrometheusTests {

	@AutoClose
	private final TestServer server = TestServer.start("management.endpoints.web.exposure.include=prometheus",
			"iodine.allowed-origins=https://example.com", "logging.level.io.iodine=off");

	@Test
	void whatConnectionsDoIsScraped() {
		Recorder recorder = new Recorder();
		String path = this.server.serve(recorder);
		try (RawPeer peer = RawPeer.webSocket(this.server, path); RawPeer stranger = new RawPeer(this.server.port())) {
			recorder.client().subscribe("news");
			this.server.pubSub().publish("news", "hello");
			assertThat(peer.frame()).hasToString("text hello");
			stranger.handshake(path, "Origin: https://evil.example").expect(403);
		}

		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(scrape()).contains(
					"iodine_connections{path=\"/threads/{id}\",protocol=\"websocket\"} 0.0",
					"iodine_connections_opened_total{path=\"/threads/{id}\",protocol=\"websocket\"} 1.0",
					"iodine_connections_closed_total{cause=\"peer\",code=\"1006\",protocol=\"websocket\"} 1.0",
					"iodine_upgrades_refused_total{reason=\"origin\"} 1.0",
					"iodine_messages_sent_total{protocol=\"websocket\"} 1.0",
					"iodine_callbacks_seconds_count{callback=\"onOpen\"} 1"));
	}

	@Test
	void noNameHasAUnitTwice() throws Exception {
		assertThat(scrape().lines().filter((line) -> line.startsWith("# TYPE iodine_")))
			.anyMatch((line) -> line.contains(" iodine_data_sent_bytes_total "))
			.noneMatch((line) -> line.matches(".*_(bytes|seconds)_(.*_)?\\1.*"));
	}

	private String scrape() throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.server.uri("http", "/actuator/prometheus")).build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

}
