package io.iodine.connection;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what silence leads to.
 */
@SuppressWarnings("try") // some peers need only be there
@OnEachWebServer
class KeepaliveTests {

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.ping-interval=100ms", "iodine.ping-timeout=1500ms",
				"iodine.receive-queue.max-messages=1");
	}

	@Test
	void aSilentWebSocketIsPingedAndStaysWhenItAnswers() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			for (int i = 0; i < 8; i++) {
				assertThat(peer.frame()).hasToString("ping ");
				peer.send(RawPeer.frame(0x8A));
			}

			assertThat(recorder.client().isOpen()).isTrue();
		}
	}

	@Test
	void aHandlerMayHaveItsOwnPings() {
		try (TestServer other = TestServer.start(List.of(Impatient.class), "own.ping=50ms");
				RawPeer peer = RawPeer.webSocket(other, "/impatient");
				RawPeer stream = RawPeer.eventStream(other, "/impatient")) {
			assertThat(peer.frame()).hasToString("ping ");
			assertThat(stream.event()).startsWith(":");

			await().until(() -> other.connections().count() == 1);
		}
	}

	@Test
	void aPingTimeThatIsNoneFailsTheStart() {
		assertThatException().isThrownBy(() -> TestServer.start(List.of(Impatient.class), "own.ping=soon").close())
			.havingRootCause()
			.withMessageContaining("pingInterval 'soon'");
	}

	@Test
	void aMissedPongClosesTheConnection() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			assertThat(peer.frame()).hasToString("ping ");
			long pinged = System.nanoTime();

			assertThat(recorder.events.nextOf("close")).startsWith("close TIMEOUT 1006");
			assertThat(Duration.ofNanos(System.nanoTime() - pinged)).isLessThan(Duration.ofSeconds(8));
		}
	}

	@Test
	void aPeerThatIsNotReadFromIsNotBlamedForItsSilence() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		Recorder recorder = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				super.onMessage(client, message);
				if (message.asText().equals("block")) {
					gate.await(30, TimeUnit.SECONDS);
				}
			}

		};
		Recorder other = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder));
				RawPeer clock = RawPeer.webSocket(server, server.serve(other))) {
			peer.text("block").text("next").text("last");

			// longer than the ping time-out
			for (int i = 0; i < 20; i++) {
				assertThat(clock.frame()).hasToString("ping ");
				clock.send(RawPeer.frame(0x8A));
				peer.send(RawPeer.frame(0x8A));
			}
			gate.countDown();

			assertThat(recorder.events.nextOf("text n")).isEqualTo("text next");
			assertThat(recorder.events.next()).isEqualTo("text last");
		}
	}

	@Test
	void zeroMeansNever() {
		Recorder quiet = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.timeout(Duration.ZERO);
				super.onOpen(client);
			}

		};
		Recorder other = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(quiet));
				RawPeer clock = RawPeer.webSocket(server, server.serve(other))) {
			quiet.client();
			for (int i = 0; i < 4; i++) {
				assertThat(clock.frame()).hasToString("ping ");
				clock.send(RawPeer.frame(0x8A));
			}

			quiet.client().write("not a ping");

			assertThat(peer.frame()).hasToString("text not a ping");
		}
	}

	@Test
	void theIntervalMayBeChangedAtAnyTime() {
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.timeout(Duration.ZERO);
				super.onOpen(client);
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			recorder.client().timeout(Duration.ofMillis(50));

			assertThat(peer.frame()).hasToString("ping ");
		}
	}

	@Test
	void aSilentEventStreamIsSentAComment() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(new Recorder()))) {
			assertThat(peer.event()).isEqualTo(": ping\n\n");
			assertThat(peer.event()).isEqualTo(": ping\n\n");
		}
	}

	@Test
	void anEventStreamThatIsWrittenToNeedsNoComment() {
		Recorder busy = new Recorder();
		try (RawPeer clock = RawPeer.eventStream(server, server.serve(new Recorder()));
				RawPeer peer = RawPeer.eventStream(server, server.serve(busy))) {
			busy.client().timeout(Duration.ofSeconds(2));

			for (int i = 0; i < 30; i++) {
				assertThat(clock.event()).isEqualTo(": ping\n\n");
				busy.client().write("event " + i);
				assertThat(peer.event()).isEqualTo("data: event " + i + "\n\n");
			}
		}
	}

	@Test
	void anIdleRawConnectionAsksItsHandlerEachTime() {
		Recorder recorder = new Recorder() {

			@Override
			public void onTimeout(Connection client) {
				this.events.add("timeout");
			}

		};
		try (RawPeer peer = RawPeer.raw(server, server.serve(recorder))) {
			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(recorder.events.next()).isEqualTo("timeout");
			assertThat(recorder.events.next()).isEqualTo("timeout");
			assertThat(peer.socket().isConnected()).isTrue();
		}
	}

	@Test
	void anIdleRawConnectionIsClosedWhenItsHandlerSaysNothing() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = RawPeer.raw(server, server.serve(recorder))) {
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(recorder.events.nextOf("close")).isEqualTo("close LOCAL 0");
	}

	/** Pings soon, and waits for nobody. */
	@UpgradeHandler(value = "/impatient", pingInterval = "${own.ping}", pingTimeout = "PT0.1S")
	static final class Impatient implements ConnectionHandler {

	}

}
