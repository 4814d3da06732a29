package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import io.iodine.connection.Connections;
import io.iodine.connection.DrainSettings;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.metrics.ConnectionMeters;
import io.iodine.metrics.PubSubMeters;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of meters and health as an application gets them. */
class IodineMetricsAutoConfigurationTests {

	@AutoClose
	private static final TestServer server = TestServer.start(
			"management.endpoints.web.exposure.include=health,metrics",
			"management.endpoint.health.show-details=always", "management.health.redis.enabled=false",
			"management.metrics.use-global-registry=false", "iodine.shutdown.timeout=100ms");

	@Test
	void theActuatorTellsOfConnections() throws Exception {
		Recorder recorder = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			recorder.client();

			assertThat(get("/actuator/metrics/iodine.connections")).contains("\"value\":1.0", "/threads/{id}");
			assertThat(get("/actuator/health")).contains("\"iodine\":{", "\"connections\":1");
			assertThat(peer.socket().isConnected()).isTrue();
		}
	}

	@Test
	void healthIsOutOfServiceWhileTheServerDrains() throws Exception {
		Connections connections = server.context().getBean(Connections.class);
		connections.drain(new DrainSettings(Duration.ofSeconds(10), 1, Duration.ZERO, Duration.ZERO, Duration.ZERO))
			.toCompletableFuture()
			.get();
		try {
			assertThat(get("/actuator/health")).contains("OUT_OF_SERVICE");
		}
		finally {
			connections.accept();
		}

		assertThat(get("/actuator/health")).startsWith("{").contains("\"iodine\":{\"details\"", "\"status\":\"UP\"");
	}

	@Test
	void withoutARegistryNothingIsMetered() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IodineAutoConfiguration.class, IodineMetricsAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(MeterRegistry.class)
				.doesNotHaveBean(ConnectionMeters.class)
				.doesNotHaveBean(PubSubMeters.class));
	}

	private static String get(String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(server.uri("http", path)).build(), BodyHandlers.ofString())
			.body();
	}

}
