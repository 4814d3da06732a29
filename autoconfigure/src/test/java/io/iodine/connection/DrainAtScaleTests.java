package io.iodine.connection;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a server with many clients, with new ones and with stubborn ones, that goes
 * away.
 */
@SuppressWarnings("try") // some close before the end
class DrainAtScaleTests {

	@AutoClose("shutdownNow")
	private final ExecutorService threads = Executors.newCachedThreadPool();

	@Test
	void clientsAreToldInBatchesAndServedAsUsualUntilThen() throws Exception {
		TestServer server = TestServer.start("iodine.shutdown.batch-size=1", "iodine.shutdown.batch-interval=1500ms",
				"iodine.shutdown.timeout=30s");
		Told told = new Told();
		String path = server.serve(told);
		try (RawPeer one = RawPeer.webSocket(server, path); RawPeer other = RawPeer.webSocket(server, path)) {
			one.text("one");
			other.text("other");
			assertThat(one.frame()).hasToString("text one");
			assertThat(other.frame()).hasToString("text other");

			Future<?> stopped = this.threads.submit(server::close);
			String first = told.names.next();
			RawPeer second = first.equals("one") ? other : one;
			second.text("still here");
			RawPeer.Frame answer = second.frame();
			String last = told.names.next();

			assertThat(answer).hasToString("text still here");
			assertThat(last).isEqualTo("still here");
			assertThat(told.gap()).isBetween(Duration.ofMillis(1400), Duration.ofSeconds(15));
			one.close();
			other.close();
			stopped.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void manyClientsAreAllToldInLittleTime() throws Exception {
		TestServer server = TestServer.start("logging.level.io.iodine.connection=off");
		String path = server.serve(new ConnectionHandler() {
		});
		int each = 400;
		List<RawPeer> webSockets = new ArrayList<>();
		List<RawPeer> eventStreams = new ArrayList<>();
		for (int i = 0; i < each; i++) {
			webSockets.add(RawPeer.webSocket(server, path));
			eventStreams.add(RawPeer.eventStream(server, path));
		}

		Future<?> stopped = this.threads.submit(server::close);

		for (RawPeer peer : webSockets) {
			assertThat(peer.frame()).hasToString("close 1001");
			peer.send(RawPeer.closeFrame(1001, "")).close();
		}
		for (RawPeer peer : eventStreams) {
			assertThat(peer.event()).startsWith("retry: ");
			assertThat(peer.rest()).isEqualTo("0\r\n\r\n");
			peer.close();
		}
		stopped.get(30, TimeUnit.SECONDS);
	}

	@Test
	void whoConnectsWhileTheServerGoesAwayIsRefusedOrToldAsWell() throws Exception {
		TestServer server = TestServer.start();
		Lives lives = new Lives();
		String path = server.serve(lives);
		Queue<String> ends = new ConcurrentLinkedQueue<>();
		List<Future<?>> clients = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			clients.add(this.threads.submit(() -> connectUntilRefused(server.port(), path, ends)));
		}
		assertThat(lives.many.await(30, TimeUnit.SECONDS)).isTrue();

		this.threads.submit(server::close).get(30, TimeUnit.SECONDS);

		for (Future<?> client : clients) {
			client.get(30, TimeUnit.SECONDS);
		}
		assertThat(ends).isNotEmpty().containsOnly("close 1001");
		assertThat(lives.closed.get()).isEqualTo(lives.opened.get());
	}

	@Test
	void whoReadsNothingIsCutOffAtTheDeadline() throws Exception {
		TestServer server = TestServer.start("iodine.shutdown.timeout=500ms", "iodine.send-queue.max-size=32MB",
				"logging.level.io.iodine.connection=off");
		Recorder stalled = new Recorder();
		String path = server.serve(stalled);
		try (RawPeer peer = new RawPeer(server.port(), 4096)) {
			peer.handshake(path).expect(101);
			Connection client = stalled.client();
			for (int i = 0; i < 300; i++) {
				client.write(Message.text("x".repeat(64 * 1024)));
			}

			this.threads.submit(server::close).get(30, TimeUnit.SECONDS);

			assertThat(stalled.events.nextOf("close")).isEqualTo("close SHUTDOWN 1001");
			assertThat(client.pending()).isEqualTo(-1);
		}
	}

	private static void connectUntilRefused(int port, String path, Queue<String> ends) {
		List<RawPeer> peers = new ArrayList<>();
		try {
			RawPeer peer = new RawPeer(port);
			while (peer.handshake(path).head().status() == 101) {
				peers.add(peer);
				peer = new RawPeer(port);
			}
			peer.close();
		}
		catch (UncheckedIOException ex) {
			// refused by the operating system, or cut off before it was answered
		}
		for (RawPeer peer : peers) {
			ends.add(peer.frame().toString());
			peer.close();
		}
	}

	/** Knows when each client was told, and what it said last. */
	private static final class Told implements ConnectionHandler {

		private final Events names = new Events();

		private final Queue<Long> times = new ConcurrentLinkedQueue<>();

		@Override
		public void onMessage(Connection client, Message message) {
			client.attributes().put("name", message.asText());
			client.write(message);
		}

		@Override
		public void onShutdown(Connection client) {
			this.times.add(System.nanoTime());
			this.names.add(String.valueOf(client.attributes().get("name")));
		}

		Duration gap() {
			long first = this.times.remove();
			return Duration.ofNanos(this.times.remove() - first);
		}

	}

	/** Counts how many began and ended. */
	private static final class Lives implements ConnectionHandler {

		private final CountDownLatch many = new CountDownLatch(100);

		private final AtomicInteger opened = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		@Override
		public void onOpen(Connection client) {
			this.opened.incrementAndGet();
			this.many.countDown();
		}

		@Override
		public void onClose(Connection client) {
			this.closed.incrementAndGet();
		}

	}

}
