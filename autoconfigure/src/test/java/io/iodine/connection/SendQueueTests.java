package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of what is written and how it leaves, with readers that stall.
 */
@SuppressWarnings("try") // some peers need only be there
@OnEachWebServer
class SendQueueTests {

	/** More of them than the buffers of any kernel hold. */
	private static final int MANY = 400;

	private static final Message LARGE = Message.text("x".repeat(64 * 1024));

	@AutoClose
	private static TestServer server;

	private final Recorder recorder = new Recorder() {

		@Override
		public void onDrained(Connection client) {
			this.events.add("drained");
		}

	};

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.send-queue.max-size=32MB", "logging.level.io.iodine.connection=off");
	}

	@Test
	void whatTheSocketHasNotTakenIsPendingUntilTheReaderGoesOn() {
		try (RawPeer peer = stalledReader()) {
			Connection client = this.recorder.client();
			writeMany(client);
			assertThat(client.pending()).isPositive();
			client.defer(() -> this.recorder.events.add("stalled"));
			assertThat(this.recorder.events.nextOf("stalled")).isEqualTo("stalled");

			readMany(peer);

			assertThat(this.recorder.events.nextOf("drained")).isEqualTo("drained");
			assertThat(client.pending()).isZero();
		}
	}

	@Test
	void whatAnotherThreadWroteBeforeGoesBeforeWhatItsOwnLoopWrites() {
		Recorder handler = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				writeElsewhere(client, "first");
				client.write("second");
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serveOnLoop(handler))) {
			peer.text("go");

			assertThat(peer.frame()).hasToString("text first");
			assertThat(peer.frame()).hasToString("text second");
		}
	}

	@Test
	void whatAnotherThreadWroteBeforeGoesBeforeWhatIsPublished() {
		Recorder publisher = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				writeElsewhere(SendQueueTests.this.recorder.client(), "first");
				client.publish("news", "second");
			}

		};
		try (TestServer oneLoop = TestServer.start("iodine.workers=1");
				RawPeer subscriber = RawPeer.webSocket(oneLoop, oneLoop.serve(this.recorder));
				RawPeer peer = RawPeer.webSocket(oneLoop, oneLoop.serveOnLoop(publisher))) {
			this.recorder.client().subscribe("news");
			peer.text("go");

			assertThat(subscriber.frame()).hasToString("text first");
			assertThat(subscriber.frame()).hasToString("text second");
		}
	}

	@Test
	void aCloseComesAfterWhatIsPending() {
		try (RawPeer peer = stalledReader()) {
			Connection client = this.recorder.client();
			writeMany(client);

			client.close(4000, "that was all");

			assertThat(client.isOpen()).isFalse();
			assertThat(client.pending()).isPositive();
			readMany(peer);
			assertThat(peer.frame()).hasToString("close 4000 that was all");
		}
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 4000 that was all");
	}

	@Test
	void aForcedCloseWaitsForNothing() {
		try (RawPeer peer = stalledReader()) {
			Connection client = this.recorder.client();
			writeMany(client);

			client.forceClose();

			assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 1006");
			assertThat(client.pending()).isEqualTo(-1);
		}
	}

	@Test
	void aPeerThatNeverLetsGoIsCutOffAfterTheCloseTimeout() {
		Recorder other = new Recorder();
		try (TestServer hasty = TestServer.start("iodine.close-timeout=100ms");
				RawPeer peer = RawPeer.webSocket(hasty, hasty.serve(other))) {
			other.client().close();

			assertThat(other.events.nextOf("close")).isEqualTo("close LOCAL 1000");
			assertThat(peer.frame()).hasToString("close 1000");
		}
	}

	@Test
	void aReaderThatIsTooSlowIsClosedWith1013() {
		try (RawPeer peer = stalledReader()) {
			Connection client = this.recorder.client();
			int written = 0;
			while (client.write(LARGE)) {
				written++;
			}

			assertThat(written).isGreaterThanOrEqualTo(32 * 1024 / 64 - 1);
			assertThat(client.isOpen()).isFalse();
			assertThat(client.closeReason()).hasValueSatisfying((reason) -> {
				assertThat(reason.cause()).isEqualTo(Cause.OVERFLOW);
				assertThat(reason.code()).isEqualTo(1013);
			});
			RawPeer.Frame frame = peer.frame();
			while (frame.first() == 0x81) {
				frame = peer.frame();
			}
			assertThat(frame).asString().startsWith("close 1013");
		}
		assertThat(this.recorder.events.nextOf("close")).startsWith("close OVERFLOW 1013");
	}

	@ParameterizedTest
	@CsvSource({ "2000, 20, false", "5000, 20, false", "5000, 20, true", "2, 600000, false", "2, 600000, true" })
	void aBurstToAClientThatReadsArrives(int messages, int size, boolean onLoop) {
		try (TestServer defaults = TestServer.start()) {
			Message message = Message.text("x".repeat(size));
			Recorder handler = new Recorder() {

				@Override
				public void onMessage(Connection client, Message go) {
					int accepted = 0;
					while (accepted < messages && client.write(message)) {
						accepted++;
					}
					this.events.add("accepted " + accepted);
				}

			};
			try (RawPeer peer = RawPeer.webSocket(defaults,
					onLoop ? defaults.serveOnLoop(handler) : defaults.serve(handler))) {
				peer.text("go");

				for (int i = 0; i < messages; i++) {
					assertThat(peer.frame().payload()).hasSize(size);
				}
				assertThat(handler.events.nextOf("accepted")).isEqualTo("accepted " + messages);
			}
		}
	}

	@Test
	void aMessageLargerThanTheBoundPassesWhenNothingWaits() {
		try (RawPeer peer = connect()) {
			boolean written = this.recorder.client().write(new byte[33 * 1024 * 1024]);

			assertThat(written).isTrue();
			assertThat(peer.frame().payload()).hasSize(33 * 1024 * 1024);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatOneThreadWritesKeepsItsOrder(boolean onLoop) throws Exception {
		String path = onLoop ? server.serveOnLoop(this.recorder) : server.serve(this.recorder);
		try (RawPeer peer = RawPeer.webSocket(server, path)) {
			Connection client = this.recorder.client();
			List<Thread> threads = new ArrayList<>();
			for (int writer = 0; writer < 8; writer++) {
				String name = "text " + writer + " ";
				threads.add(new Thread(() -> {
					for (int i = 0; i < 100; i++) {
						client.write(name.substring(5) + i);
					}
				}));
			}
			threads.forEach(Thread::start);
			int[] next = new int[8];
			for (int i = 0; i < 800; i++) {
				String[] words = peer.frame().toString().split(" ", 3);
				int writer = Integer.parseInt(words[1]);

				assertThat(Integer.parseInt(words[2])).isEqualTo(next[writer]++);
			}
			for (Thread thread : threads) {
				thread.join(30_000);
			}
		}
	}

	@Test
	void whatWasAcceptedWhileAnotherThreadClosesArrives() throws Exception {
		for (int round = 0; round < 30; round++) {
			Recorder each = new Recorder();
			try (RawPeer peer = RawPeer.webSocket(server, server.serve(each))) {
				Connection client = each.client();
				AtomicInteger accepted = new AtomicInteger();
				List<Thread> writers = new ArrayList<>();
				for (int writer = 0; writer < 4; writer++) {
					writers.add(new Thread(() -> {
						for (int i = 0; i < 200 && client.write("words"); i++) {
							accepted.incrementAndGet();
						}
					}));
				}
				writers.forEach(Thread::start);
				while (accepted.get() < 10 * round) {
					Thread.onSpinWait();
				}

				client.close();

				for (Thread writer : writers) {
					writer.join(30_000);
				}
				int arrived = 0;
				while (peer.frame().toString().equals("text words")) {
					arrived++;
				}
				assertThat(arrived).isEqualTo(accepted.get());
			}
		}
	}

	@Test
	void nothingCanBeWrittenAfterAClose() {
		try (RawPeer peer = connect()) {
			Connection client = this.recorder.client();

			client.close();

			assertThat(client.isOpen()).isFalse();
			assertThat(client.write("late")).isFalse();
			assertThat(client.write(new byte[1])).isFalse();
			assertThat(client.writeJson(Map.of())).isFalse();
			assertThat(client.subscribe("late")).isFalse();
			assertThat(client.unsubscribe("late")).isFalse();
			assertThat(client.defer(() -> {
			})).isFalse();
			assertThat(peer.frame()).hasToString("close 1000");
		}
	}

	@Test
	void nothingCanBeWrittenInOnClose() {
		Recorder last = new Recorder() {

			@Override
			public void onClose(Connection client) throws Exception {
				this.events.add("write " + client.write("late") + ", pending " + client.pending());
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(last))) {
			last.client();
		}

		assertThat(last.events.nextOf("write")).isEqualTo("write false, pending -1");
	}

	@Test
	void valuesAreWrittenAsJson() {
		try (RawPeer peer = connect()) {
			this.recorder.client().writeJson(Map.of("answer", 42));

			assertThat(peer.frame()).hasToString("text {\"answer\":42}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 999, 1004, 1005, 1006, 1015, 2999, 5000 })
	void closeCodesThatAreReservedAreRefused(int code) {
		try (RawPeer peer = connect()) {
			Connection client = this.recorder.client();

			assertThatIllegalArgumentException().isThrownBy(() -> client.close(code, ""))
				.withMessageContaining(Integer.toString(code));
			assertThat(client.isOpen()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1003, 1007, 1008, 1011, 1012, 1013, 1014, 3000, 4999 })
	void closeCodesOfTheRfcAndOfApplicationsAreSent(int code) {
		try (RawPeer peer = connect()) {
			this.recorder.client().close(code, "why");

			assertThat(peer.frame()).hasToString("close " + code + " why");
		}
	}

	@Test
	void aCloseReasonHasAtMost123Bytes() {
		try (RawPeer peer = connect()) {
			Connection client = this.recorder.client();
			assertThatIllegalArgumentException().isThrownBy(() -> client.close(1000, "ü".repeat(62)));

			client.close(1000, "ü".repeat(61) + "x");

			assertThat(peer.frame()).hasToString("close 1000 " + "ü".repeat(61) + "x");
		}
	}

	@Test
	void idleTimesHaveARange() {
		try (RawPeer peer = connect()) {
			Connection client = this.recorder.client();

			client.timeout(Duration.ofMinutes(3));

			assertThat(client.timeout()).isEqualTo(Duration.ofMinutes(3));
			assertThatIllegalArgumentException().isThrownBy(() -> client.timeout(Duration.ofMillis(-1)));
			assertThatIllegalArgumentException().isThrownBy(() -> client.timeout(Duration.ofHours(25)));
		}
	}

	private RawPeer connect() {
		return RawPeer.webSocket(server, server.serve(this.recorder));
	}

	private static void writeElsewhere(Connection client, String text) throws InterruptedException {
		Thread writer = new Thread(() -> client.write(text));
		writer.start();
		writer.join();
	}

	private RawPeer stalledReader() {
		RawPeer peer = new RawPeer(server.port(), 4096);
		peer.handshake(server.serve(this.recorder)).expect(101);
		return peer;
	}

	private static void writeMany(Connection client) {
		for (int i = 0; i < MANY; i++) {
			assertThat(client.write(LARGE)).isTrue();
		}
	}

	private static void readMany(RawPeer peer) {
		for (int i = 0; i < MANY; i++) {
			assertThat(peer.frame().payload()).hasSize(LARGE.size());
		}
	}

}
