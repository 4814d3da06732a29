package io.iodine.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.iodine.Connection;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that connections leave nothing behind; {@link io.iodine.LeakCheck} looks after
 * the buffers.
 */
@OnEachWebServer
class ChurnTests {

	private static final int ROUNDS = 2_500;

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.ping-interval=1s");
	}

	@Test
	void manyConnectionsLeaveNothingBehind() throws IOException {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		String path = server.serve(new Recorder() {

			@Override
			public void onOpen(Connection client) {
				int number = opened.incrementAndGet();
				client.subscribe("shared");
				client.subscribe("own " + number);
				client.subscribePattern("own " + number + "*");
				client.publish("shared", "welcome");
			}

			@Override
			public void onClose(Connection client) {
				closed.incrementAndGet();
			}

		});
		try (RawPeer first = RawPeer.webSocket(server, path)) {
			first.frame();
		}
		long descriptors = descriptors();

		for (int i = 1; i < ROUNDS; i++) {
			RawPeer peer = (i % 2 == 0) ? RawPeer.webSocket(server, path) : RawPeer.eventStream(server, path);
			if (i % 5 == 0) {
				leave(peer, i);
			}
			peer.close();
		}

		// where a container keeps the socket of a stream, the second ping finds its
		// client gone
		await().until(() -> server.connections().count() == 0);
		assertThat(server.connections().channelCount()).isZero();
		assertThat(opened).hasValue(ROUNDS);
		assertThat(closed).hasValue(ROUNDS);
		await().until(() -> descriptors() <= descriptors + 5);
	}

	@Test
	void clientsThatLeaveDuringTheHandshakeLeaveNothingBehind() {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		String path = server.serve(new Recorder() {

			@Override
			public void onOpen(Connection client) {
				opened.incrementAndGet();
			}

			@Override
			public void onClose(Connection client) {
				closed.incrementAndGet();
			}

		});

		for (int i = 0; i < 1000; i++) {
			RawPeer peer = new RawPeer(server.port());
			peer.handshake(path);
			peer.close();
		}
		try (RawPeer last = RawPeer.webSocket(server, path)) {
			last.send(RawPeer.closeFrame(1000, ""));
			assertThat(last.frame()).hasToString("close 1000");
		}

		await().until(() -> server.connections().count() == 0);
		assertThat(closed).hasValue(opened.get());
	}

	private static void leave(RawPeer peer, int round) {
		if (round % 2 == 0) {
			peer.frame();
			peer.send(RawPeer.closeFrame(1000, ""));
		}
		else {
			peer.event();
		}
	}

	private static long descriptors() throws IOException {
		Path own = Path.of("/proc/self/fd");
		if (!Files.isDirectory(own)) {
			return 0;
		}
		try (Stream<Path> open = Files.list(own)) {
			return open.count();
		}
	}

}
