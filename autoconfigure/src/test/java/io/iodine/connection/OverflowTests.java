package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PubSub;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of who gives way when a reader stalls, by policy. */
@OnEachWebServer
class OverflowTests {

	/** More than a kernel holds for a reader that stalls. */
	private static final String FILL = "x".repeat(64 * 1024);

	private static final int MESSAGES = 8;

	private final Recorder recorder = new Recorder();

	@Test
	void dropNewestKeepsWhatWaitsAndRefusesTheRest() {
		try (TestServer server = follows("drop-newest"); RawPeer peer = stalled(server)) {
			Connection client = this.recorder.client();
			int fill = fillSocket(client);

			List<Boolean> written = numbers(client, 20);

			assertThat(written).contains(true, false).isSortedAccordingTo((a, b) -> Boolean.compare(b, a));
			assertThat(client.isOpen()).isTrue();
			int accepted = (int) written.stream().filter(Boolean::booleanValue).count();
			readFill(peer, fill);
			for (int i = 0; i < accepted; i++) {
				assertThat(peer.frame()).hasToString("text " + i);
			}
			assertThatItGoesOn(peer, client);
		}
	}

	@Test
	void dropOldestKeepsTheNewest() {
		try (TestServer server = follows("drop-oldest"); RawPeer peer = stalled(server)) {
			Connection client = this.recorder.client();
			int fill = fillSocket(client);

			List<Boolean> written = numbers(client, 20);

			assertThat(written).containsOnly(true);
			client.write("end");
			List<String> arrived = untilEnd(peer);
			assertThat(arrived.size() - textsOf(arrived).size()).isLessThanOrEqualTo(fill);
			List<String> numbers = textsOf(arrived);
			assertThat(numbers).hasSizeLessThan(20).endsWith("18", "19");
			int first = Integer.parseInt(numbers.get(0));
			for (int i = 0; i < numbers.size(); i++) {
				assertThat(numbers.get(i)).isEqualTo(Integer.toString(first + i));
			}
		}
	}

	@Test
	void conflateKeepsTheNewestOfEachChannel() {
		try (TestServer server = follows("conflate"); RawPeer peer = stalled(server)) {
			Connection client = this.recorder.client();
			client.subscribe("fill");
			client.subscribe("quiet");
			client.subscribe("busy");
			PubSub pubSub = server.pubSub();
			while (client.pending() == 0) {
				pubSub.publish("fill", FILL);
				// what is published is pending, too, until the event loop has written it
				EventLoopRuns.await(client);
			}

			pubSub.publish("quiet", "quiet");
			for (int i = 0; i < 100; i++) {
				pubSub.publish("busy", "busy " + i);
			}

			pubSub.publish("busy", "end");
			List<String> texts = textsOf(untilEnd(peer));
			assertThat(texts).contains("quiet").hasSizeLessThan(20);
			assertThat(client.isOpen()).isTrue();
		}
	}

	@Test
	void oneStalledReaderTakesNothingFromTheOthers() {
		Recorder other = new Recorder();
		try (TestServer server = follows("close");
				RawPeer stalled = stalled(server);
				RawPeer peer = RawPeer.webSocket(server, server.serve(other))) {
			this.recorder.client().subscribe("news");
			other.client().subscribe("news");
			other.client().publish("news", Message.text("first"));
			assertThat(peer.frame()).hasToString("text first");

			int published = 0;
			while (this.recorder.client().isOpen()) {
				server.pubSub().publish("news", FILL);
				assertThat(peer.frame().payload()).hasSize(FILL.length());
				published++;
			}

			assertThat(published).isPositive();
			assertThat(this.recorder.events.nextOf("close")).startsWith("close OVERFLOW 1013");
			assertThat(other.client().isOpen()).isTrue();
			assertThat(stalled.frame()).hasToString("text first");
		}
	}

	private static TestServer follows(String policy) {
		return TestServer.start("iodine.send-queue.overflow=" + policy, "iodine.send-queue.max-messages=" + MESSAGES,
				"iodine.close-timeout=100ms", "logging.level.io.iodine.connection=off");
	}

	private RawPeer stalled(TestServer server) {
		RawPeer peer = new RawPeer(server.port(), 4096);
		peer.handshake(server.serve(this.recorder)).expect(101);
		return peer;
	}

	/**
	 * Writes until the socket takes nothing more.
	 * @return how many were written
	 */
	private int fillSocket(Connection client) {
		int written = 0;
		while (client.pending() < 2) {
			client.write(FILL);
			written++;
			EventLoopRuns.await(client);
		}
		return written;
	}

	private static List<Boolean> numbers(Connection client, int count) {
		List<Boolean> written = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			written.add(client.write(Integer.toString(i)));
		}
		return written;
	}

	private static void readFill(RawPeer peer, int count) {
		for (int i = 0; i < count; i++) {
			assertThat(peer.frame().payload()).hasSize(FILL.length());
		}
	}

	private static List<String> untilEnd(RawPeer peer) {
		List<String> arrived = new ArrayList<>();
		for (String text = peer.frame().toString(); !text.equals("text end"); text = peer.frame().toString()) {
			arrived.add(text);
		}
		return arrived;
	}

	private static List<String> textsOf(List<String> frames) {
		return frames.stream()
			.map((frame) -> frame.substring("text ".length()))
			.filter((text) -> text.length() < FILL.length())
			.toList();
	}

	private static void assertThatItGoesOn(RawPeer peer, Connection client) {
		while (client.pending() > 0) {
			Thread.onSpinWait();
		}
		assertThat(client.write("goes on")).isTrue();
		assertThat(peer.frame()).hasToString("text goes on");
	}

}
