package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/** Callbacks on virtual threads, under load. */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(120)
@OnEachWebServer
class VirtualCallbacksTests {

	private static final int CLIENTS = 200;

	private static final int MESSAGES = 500;

	private static final int BLOCKED = 100;

	@AutoClose
	private final TestServer server = TestServer.start("iodine.callbacks=virtual");

	private final CountDownLatch release = new CountDownLatch(1);

	@Test
	void eachConnectionsMessagesStayInOrderAndNeverOverlapWhileOthersBlock() throws Exception {
		Ordered ordered = new Ordered();
		String path = this.server.serve(ordered);
		String blocking = this.server.serve(new Blocking());
		List<RawPeer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < BLOCKED; i++) {
				peers.add(RawPeer.webSocket(this.server, blocking).text("block"));
			}
			List<RawPeer> clients = IntStream.range(0, CLIENTS)
				.mapToObj((i) -> RawPeer.webSocket(this.server, path))
				.toList();
			peers.addAll(clients);

			for (int message = 0; message < MESSAGES; message++) {
				for (RawPeer client : clients) {
					client.text(Integer.toString(message));
				}
			}

			assertThat(ordered.done.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(ordered.defects).isEmpty();
			assertThat(ordered.platformThreads).hasValue(0);
			for (RawPeer client : clients) {
				assertThat(client.frame()).hasToString("text " + (MESSAGES - 1));
			}
			this.release.countDown();
			assertThat(peers.get(0).frame()).hasToString("text released");
		}
		finally {
			this.release.countDown();
			peers.forEach(RawPeer::close);
		}
	}

	/** Blocks in its callback until the end of the test. */
	private final class Blocking implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			VirtualCallbacksTests.this.release.await();
			client.write("released");
		}

	}

	/** Counts the messages of each connection. */
	private static final class Ordered implements ConnectionHandler {

		private final Map<Connection, AtomicInteger> expected = new ConcurrentHashMap<>();

		private final Map<Connection, String> defects = new ConcurrentHashMap<>();

		private final Map<Connection, Boolean> busy = new ConcurrentHashMap<>();

		private final AtomicInteger platformThreads = new AtomicInteger();

		private final CountDownLatch done = new CountDownLatch(CLIENTS);

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			if (this.busy.put(client, true) != null) {
				this.defects.put(client, "two callbacks at once");
			}
			// a virtual thread has no other group, and Java 17 no other way to ask
			if (!"VirtualThreads".equals(Thread.currentThread().getThreadGroup().getName())) {
				this.platformThreads.incrementAndGet();
			}
			int next = this.expected.computeIfAbsent(client, (first) -> new AtomicInteger()).getAndIncrement();
			if (!message.asText().equals(Integer.toString(next))) {
				this.defects.put(client, "expected " + next + " but got " + message.asText());
			}
			if (next % 100 == 0) {
				Thread.sleep(1);
			}
			this.busy.remove(client);
			if (next == MESSAGES - 1) {
				client.write(message.asText());
				this.done.countDown();
			}
		}

	}

}
