package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

import io.iodine.connection.Connections;
import io.iodine.connection.DrainSettings;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.metrics.ConnectionMeters;
import io.iodine.metrics.PubSubMeters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of meters and health as an application gets them. */
class IodineMetricsAutoConfigurationTests {

	@AutoClose
	private static TestServer server;

	private static final HttpClient client = HttpClient.newHttpClient();

	@BeforeAll
	static void start() {
		server = TestServer.start("management.endpoints.web.exposure.include=health,metrics",
				"management.endpoint.health.show-details=always", "management.health.redis.enabled=false",
				"management.metrics.use-global-registry=false", "iodine.shutdown.timeout=100ms");
	}

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
	void aThousandPathsMakeNoNewMeter() {
		assertNoNewMeter(server, 1000);
	}

	/** Asks for so many paths, each of them once. */
	static void assertNoNewMeter(TestServer server, int paths) {
		MeterRegistry registry = server.context().getBean(MeterRegistry.class);
		ask(server, 0);
		int before = meters(registry).size();

		for (int i = 100; i < paths; i += 100) {
			ask(server, i);
		}

		assertThat(meters(registry)).hasSize(before);
	}

	/** Not those of the JVM, of which one may come at any time. */
	private static List<Meter> meters(MeterRegistry registry) {
		return registry.getMeters().stream().filter((meter) -> !meter.getId().getName().startsWith("jvm.")).toList();
	}

	/** A hundred requests at a time, each of which has a path of its own. */
	private static void ask(TestServer server, int first) {
		List<CompletableFuture<Integer>> answers = new ArrayList<>();
		for (int i = first; i < first + 100; i++) {
			URI uri = server.uri("http", ((i % 2 == 0) ? "/threads/" : "/nothing/") + "x" + i);
			answers.add(client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
				.thenApply(HttpResponse::statusCode));
		}
		assertThat(answers.stream().map(CompletableFuture::join).distinct()).containsExactlyInAnyOrder(426, 404);
	}

	@Test
	void poolsTimersListenersAndEnginesHaveMeters() {
		MeterRegistry registry = server.context().getBean(MeterRegistry.class);
		CountDownLatch gate = new CountDownLatch(1);
		double before = registry.get("iodine.callbacks.completed").functionCounter().count();

		server.context().getBean("iodineCallbackExecutor", Executor.class).execute(() -> awaitUninterrupted(gate));
		await().until(() -> registry.get("iodine.callbacks.active").gauge().value() >= 1);
		gate.countDown();

		await().until(() -> registry.get("iodine.callbacks.completed").functionCounter().count() > before);
		await().until(() -> registry.get("iodine.callbacks.active").gauge().value() == 0);
		assertThat(registry.get("iodine.callbacks.queued").gauge().value()).isZero();
		assertThat(registry.get("iodine.timers").gauge().value()).isZero();
		assertThat(registry.get("iodine.listeners").gauge().value()).isZero();
		assertThat(registry.get("iodine.engine.up").tag("engine", "LocalEngine").gauge().value()).isOne();
	}

	private static void awaitUninterrupted(CountDownLatch gate) {
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
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
		return client.send(HttpRequest.newBuilder(server.uri("http", path)).build(), BodyHandlers.ofString()).body();
	}

}
