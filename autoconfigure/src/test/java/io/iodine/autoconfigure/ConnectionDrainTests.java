package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.iodine.Drain;
import io.iodine.connection.OnEachWebServer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.http.EventStreamDrainFilter;
import io.iodine.servlet.AsyncStreamDrainFilter;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of what goes away with the connections, and of who is told before. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("try") // some close before the end
@OnEachWebServer
class ConnectionDrainTests {

	@AutoClose("shutdownNow")
	private final ExecutorService stopper = Executors.newSingleThreadExecutor();

	@Test
	void loadBalancersAreToldBeforeClients() throws Exception {
		TestServer server = TestServer.start("management.endpoint.health.probes.enabled=true",
				"iodine.shutdown.readiness-delay=3s");
		Recorder recorder = new Recorder();
		String path = server.serve(recorder);
		assertThat(readiness(server)).isEqualTo("200 {\"status\":\"UP\"}");

		Future<?> stopped = this.stopper.submit(server::close);
		String readiness = readiness(server);
		while (readiness.startsWith("200")) {
			readiness = readiness(server);
		}
		RawPeer late = RawPeer.webSocket(server, path);

		assertThat(readiness).isEqualTo("503 {\"status\":\"OUT_OF_SERVICE\"}");
		assertThat(late.frame()).hasToString("close 1001");
		late.close();
		stopped.get(30, TimeUnit.SECONDS);
	}

	@Test
	void aContextThatIsStartedAgainIsReadyAgain() {
		try (TestServer server = TestServer.start("server.shutdown=immediate")) {
			ApplicationAvailability availability = server.context().getBean(ApplicationAvailability.class);

			server.context().stop();
			ReadinessState stopped = availability.getReadinessState();
			server.context().start();

			assertThat(stopped).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(server.context().getBean(Drain.class).isDraining()).isFalse();
		}
	}

	@Test
	void workHoldsTheDrain() throws Exception {
		TestServer server = TestServer.start(List.of(Streams.class));
		Recorder recorder = new Recorder();
		Drain drain = server.context().getBean(Drain.class);
		try (Drain.Hold hold = drain.hold("an import");
				RawPeer peer = RawPeer.webSocket(server, server.serve(recorder));
				RawPeer ordinary = new RawPeer(server.port())) {
			assertThat(drain.isDraining()).isFalse();

			Future<?> stopped = this.stopper.submit(server::close);
			assertThat(peer.frame()).hasToString("close 1001");
			peer.send(RawPeer.closeFrame(1001, ""));
			assertThat(recorder.events.nextOf("close")).isEqualTo("close SHUTDOWN 1001");

			assertThat(drain.isDraining()).isTrue();
			ordinary.get("/ready").expect(200);
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> stopped.get(1, TimeUnit.SECONDS));
			hold.close();
			hold.close();
			stopped.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void workThatDoesNotEndIsNamedAndLeft(CapturedOutput output) throws Exception {
		TestServer server = TestServer.start("iodine.shutdown.timeout=200ms");
		try (Drain.Hold hold = server.context().getBean(Drain.class).hold("an endless import")) {

			this.stopper.submit(server::close).get(30, TimeUnit.SECONDS);

			assertThat(output)
				.contains("Not waiting any longer than 200 ms (iodine.shutdown.timeout) for an endless import");
			assertThat(hold).isNotNull();
		}
	}

	@Test
	void theApplicationsOwnStreamsAreEndedBetweenTwoEvents() throws Exception {
		TestServer server = TestServer.start(List.of(Streams.class), "iodine.shutdown.include-streams=true",
				"iodine.shutdown.retry=7s", "iodine.shutdown.retry-jitter=0s");
		try (RawPeer stream = new RawPeer(server.port()); RawPeer lines = new RawPeer(server.port())) {
			stream.get("/stream", "Accept: text/event-stream").expect(200);
			assertThat(stream.event()).isEqualTo("data:0\n\n");
			lines.get("/short").expect(200);

			long begin = System.nanoTime();
			this.stopper.submit(server::close).get(60, TimeUnit.SECONDS);

			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
			assertThat(stream.rest()).containsPattern("(data:\\d+\\R\\R.*)*retry: 7000\n\n\r\n0\r\n\r\n$");
			assertThat(lines.event()).isEqualTo("data:only\n\n");
		}
	}

	@Test
	void theApplicationsOwnStreamsAreLeftAloneUnlessAskedFor() throws Exception {
		TestServer server = TestServer.start(List.of(Streams.class),
				"spring.lifecycle.timeout-per-shutdown-phase=500ms");
		try (RawPeer stream = new RawPeer(server.port())) {
			stream.get("/stream", "Accept: text/event-stream").expect(200);
			assertThat(stream.event()).isEqualTo("data:0\n\n");

			this.stopper.submit(server::close).get(60, TimeUnit.SECONDS);

			assertThat(stream.rest()).contains("data:10\n\n").doesNotContain("retry:");
		}
	}

	private static String readiness(TestServer server) {
		try (RawPeer peer = new RawPeer(server.port())) {
			RawPeer.Head head = peer.get("/actuator/health/readiness", "Connection: close").head();
			return head.status() + " " + peer.rest().replaceAll("[0-9a-f]*\r\n", "");
		}
	}

	/** Streams of the application's own, on either stack. */
	@RestController
	static class Streams {

		@GetMapping("/stream")
		Flux<ServerSentEvent<String>> stream() {
			return Flux.interval(Duration.ZERO, Duration.ofMillis(20))
				.onBackpressureDrop()
				.map((number) -> event(number.toString()));
		}

		@GetMapping(path = "/short", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<ServerSentEvent<String>> only() {
			return Flux.just(event("only"));
		}

		@GetMapping("/ready")
		String ready() {
			return "ready";
		}

		private static ServerSentEvent<String> event(String data) {
			return ServerSentEvent.builder(data).build();
		}

	}

}
