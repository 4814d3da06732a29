package io.iodine.metrics;

import java.time.Duration;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.connection.OnEachWebServer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of what the meters say of real connections. */
@OnEachWebServer
class ConnectionMetersTests {

	@AutoClose
	private final TestServer server = TestServer.start("management.metrics.use-global-registry=false",
			"iodine.send-queue.max-messages=4", "logging.level.io.iodine=off", "iodine.close-timeout=100ms",
			"iodine.allowed-origins=https://example.com");

	private final MeterRegistry registry = this.server.context().getBean(MeterRegistry.class);

	private final Recorder recorder = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			if (message.asText().equals("throw")) {
				throw new IllegalStateException(message.asText());
			}
			client.write(message);
		}

	};

	@Test
	void aConnectionIsCountedFromItsOpeningToItsEnd() {
		String path = this.server.serve(this.recorder);
		try (RawPeer peer = RawPeer.webSocket(this.server, path)) {
			this.recorder.client();

			assertThat(gauge("iodine.connections", "protocol", "websocket", "path", "/threads/{id}")).isOne();
			assertThat(counter("iodine.connections.opened", "protocol", "websocket", "path", "/threads/{id}")).isOne();
			peer.send(RawPeer.closeFrame(1000, ""));
		}

		assertThat(this.recorder.events.nextOf("close")).startsWith("close PEER 1000");
		await(() -> assertThat(
				counter("iodine.connections.closed", "protocol", "websocket", "cause", "peer", "code", "1000"))
			.isOne());
		assertThat(gauge("iodine.connections", "protocol", "websocket", "path", "/threads/{id}")).isZero();
	}

	@Test
	void messagesAndBytesAreCountedBothWays() {
		try (RawPeer peer = RawPeer.webSocket(this.server, this.server.serve(this.recorder))) {
			peer.text("12345");
			assertThat(peer.frame()).hasToString("text 12345");

			await(() -> assertThat(functionCounter("iodine.messages.received", "protocol", "websocket")).isOne());
			await(() -> assertThat(functionCounter("iodine.data.received", "protocol", "websocket")).isEqualTo(5));
			await(() -> assertThat(functionCounter("iodine.messages.sent", "protocol", "websocket")).isOne());
			await(() -> assertThat(functionCounter("iodine.data.sent", "protocol", "websocket")).isEqualTo(7));
		}
	}

	@Test
	void callbacksAreTimedAndTheirFailuresCounted() {
		try (RawPeer peer = RawPeer.webSocket(this.server, this.server.serve(this.recorder))) {
			peer.text("throw").text("go on");
			assertThat(peer.frame()).hasToString("text go on");

			await(() -> assertThat(this.registry.get("iodine.callbacks").tag("callback", "onMessage").timer().count())
				.isEqualTo(2));
			assertThat(this.registry.get("iodine.callbacks").tag("callback", "onOpen").timer().count()).isOne();
			assertThat(counter("iodine.callbacks.failed", "callback", "onMessage")).isOne();
		}
	}

	@Test
	void refusalsAreCountedByReason() {
		try (RawPeer stranger = new RawPeer(this.server.port()); RawPeer mute = new RawPeer(this.server.port())) {
			String path = this.server.serve(this.recorder);
			stranger.handshake(path, "Origin: https://evil.example").expect(403);
			mute.get(path, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13").expect(400);
		}

		await(() -> assertThat(counter("iodine.upgrades.refused", "reason", "origin")).isOne());
		await(() -> assertThat(counter("iodine.upgrades.refused", "reason", "handshake")).isOne());
	}

	@Test
	void aSlowReadersBytesAndLossesAreSeen() {
		try (RawPeer peer = new RawPeer(this.server.port(), 4096)) {
			peer.handshake(this.server.serve(this.recorder)).expect(101);
			Connection client = this.recorder.client();
			client.subscribe("flood");
			double waiting = 0;
			long published = 0;
			while (waiting == 0 && client.isOpen()) {
				this.server.pubSub().publish("flood", "x".repeat(64 * 1024));
				published++;
				waiting = gauge("iodine.send-queue.bytes");
			}
			assertThat(waiting).isPositive();

			while (client.isOpen()) {
				client.write("more");
			}

			await(() -> assertThat(counter("iodine.messages.dropped", "reason", "send-queue")).isPositive());
			await(() -> assertThat(this.registry.get("iodine.fanout").timer().count()).isPositive());
			assertThat(this.registry.get("iodine.publish").tag("engine", "LocalEngine").timer().count())
				.isEqualTo(published);
		}
		await(() -> assertThat(gauge("iodine.send-queue.bytes")).isZero());
	}

	@Test
	void channelsAndSubscriptionsAreCounted() {
		try (RawPeer peer = RawPeer.webSocket(this.server, this.server.serve(this.recorder))) {
			Connection client = this.recorder.client();
			client.subscribe("one");
			client.subscribePattern("two*");

			assertThat(gauge("iodine.channels", "kind", "channel")).isOne();
			assertThat(gauge("iodine.channels", "kind", "pattern")).isOne();
			assertThat(gauge("iodine.subscriptions")).isEqualTo(2);
			client.close();
			await(() -> assertThat(gauge("iodine.subscriptions")).isZero());
			assertThat(peer.frame()).hasToString("close 1000");
		}
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tags(tags).gauge().value();
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).counter().count();
	}

	private double functionCounter(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter().count();
	}

	private static void await(Runnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion::run);
	}

}
