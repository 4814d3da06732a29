package io.iodine.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.ManyPeers.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Measures the echo of one WebSocket while each publication reaches 100,000 subscriptions
 * of the same event loop: those of 4,000 WebSockets, each by 25 patterns.
 */
class EchoLatencyProof {

	private static final String CHANNEL = "feeds/of/prices/of/shares/today";

	private static final int PATTERNS = 25;

	private static final int SUBSCRIBERS = 4_000;

	private static final int PUBLICATIONS = 40;

	private static final Duration PAUSE = Duration.ofMillis(500);

	private static final Duration MAX_P99 = Duration.ofMillis(20);

	private static final byte[] ECHO = WebSocketEcho.frame("0123456789".repeat(6));

	@ParameterizedTest
	@ValueSource(strings = { "", "iodine.pubsub.history.channels=feeds/*" })
	void anEchoBesidePublicationsTo100000Subscriptions(String history) throws Exception {
		List<String> properties = new ArrayList<>(
				List.of("iodine.workers=1", "iodine.ping-interval=0", "logging.level.io.iodine=off"));
		if (!history.isEmpty()) {
			properties.add(history);
		}
		try (TestServer server = TestServer.start(properties.toArray(String[]::new));
				ManyPeers peers = new ManyPeers(server.port())) {
			String follow = server.serveOnLoop(new Subscriber());
			String echo = server.serveOnLoop(new Echo());
			peers.connect(SUBSCRIBERS, Kind.WEB_SOCKET, follow);
			await().atMost(Duration.ofSeconds(60))
				.until(() -> server.connections().subscriptionCount() == SUBSCRIBERS * PATTERNS);
			AtomicBoolean done = new AtomicBoolean();
			CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
				while (!done.get()) {
					read(peers, Duration.ofMillis(200));
				}
			});

			List<Long> alone;
			List<Long> beside;
			try (WebSocketEcho client = new WebSocketEcho(server.port(), echo)) {
				client.exchange(PAUSE.multipliedBy(4));
				alone = client.exchange(PAUSE.multipliedBy(4));
				CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> publish(server));
				beside = client.exchange(PAUSE.multipliedBy(PUBLICATIONS));
				publishing.get(60, TimeUnit.SECONDS);
			}
			await().atMost(Duration.ofSeconds(60)).until(() -> server.connections().blockedBytes() == 0);
			done.set(true);
			reading.get(10, TimeUnit.SECONDS);

			System.out.printf(
					"PROOF %d publications to %d subscriptions%s, %d MB read; echo alone %s, beside them %s%n",
					PUBLICATIONS, SUBSCRIBERS * PATTERNS, history.isEmpty() ? "" : " of a channel with history",
					peers.octets() >> 20, summary(alone), summary(beside));
			assertThat(peers.octets()).isGreaterThan((long) PUBLICATIONS * SUBSCRIBERS * PATTERNS * CHANNEL.length());
			assertThat(Duration.ofNanos(percentile(beside, 99))).isLessThan(MAX_P99);
		}
	}

	private static void publish(TestServer server) {
		for (int i = 0; i < PUBLICATIONS; i++) {
			server.pubSub().publish(CHANNEL, Message.text(CHANNEL + i));
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	private static void read(ManyPeers peers, Duration time) {
		try {
			peers.readFor(time);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String summary(List<Long> nanos) {
		return String.format("%d times, p50 %.2f ms, p99 %.2f ms, max %.2f ms", nanos.size(),
				percentile(nanos, 50) / 1e6, percentile(nanos, 99) / 1e6, Collections.max(nanos) / 1e6);
	}

	private static long percentile(List<Long> nanos, int percent) {
		List<Long> sorted = nanos.stream().sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
	}

	/** Subscribes to all patterns that begin as the channel does. */
	private static final class Subscriber implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			for (int i = 1; i <= PATTERNS; i++) {
				client.subscribePattern(CHANNEL.substring(0, i) + "*");
			}
		}

	}

	/** Echoes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** A WebSocket that sends the next message when the echo of the last one has come. */
	private static final class WebSocketEcho implements AutoCloseable {

		private final SocketChannel channel;

		WebSocketEcho(int port, String path) throws IOException {
			this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			this.channel.write(ByteBuffer.wrap(Kind.WEB_SOCKET.request(path).getBytes(StandardCharsets.US_ASCII)));
			StringBuilder head = new StringBuilder();
			ByteBuffer octet = ByteBuffer.allocate(1);
			while (head.indexOf("\r\n\r\n") < 0) {
				octet.clear();
				assertThat(this.channel.read(octet)).isOne();
				head.append((char) octet.get(0));
			}
		}

		/**
		 * Exchanges messages for some time, every 2 ms, and returns the nanoseconds of
		 * each.
		 */
		List<Long> exchange(Duration time) throws IOException {
			List<Long> nanos = new ArrayList<>();
			ByteBuffer answer = ByteBuffer.allocate(ECHO.length - 4);
			long end = System.nanoTime() + time.toNanos();
			while (System.nanoTime() < end) {
				long begin = System.nanoTime();
				this.channel.write(ByteBuffer.wrap(ECHO));
				answer.clear();
				while (answer.hasRemaining()) {
					assertThat(this.channel.read(answer)).isPositive();
				}
				nanos.add(System.nanoTime() - begin);
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
			}
			return nanos;
		}

		/** A masked frame, whose mask is zero. */
		static byte[] frame(String text) {
			byte[] content = text.getBytes(StandardCharsets.US_ASCII);
			return ByteBuffer.allocate(6 + content.length)
				.put((byte) 0x81)
				.put((byte) (0x80 | content.length))
				.putInt(0)
				.put(content)
				.array();
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

}
