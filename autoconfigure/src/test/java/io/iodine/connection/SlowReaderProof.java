package io.iodine.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Counts what a hundred subscribers get of ten thousand messages a second for a minute,
 * five of whom read nothing, and what memory that takes.
 */
class SlowReaderProof {

	private static final int SUBSCRIBERS = 100;

	private static final int STALLED = 5;

	private static final int PER_SECOND = 10_000;

	private static final int SECONDS = Integer.getInteger("iodine.proof.seconds", 60);

	private static final int CONTENT = 64;

	private static final int FRAME = CONTENT + 2;

	private static final int WARM_UP_SECONDS = 5;

	@Test
	void aMinuteWithFiveWhoReadNothing() throws Exception {
		try (TestServer server = TestServer.start("iodine.send-queue.overflow=drop-oldest",
				"iodine.send-queue.max-messages=16384", "iodine.ping-interval=0", "logging.level.io.iodine=off");
				Readers readers = new Readers()) {
			String path = server.serveOnLoop(new Subscriber());
			for (int i = 0; i < SUBSCRIBERS; i++) {
				readers.connect(server.port(), path, i < STALLED);
			}
			await().atMost(Duration.ofSeconds(30)).until(() -> server.connections().subscriptionCount() == SUBSCRIBERS);
			readers.start();
			publish(server.pubSub(), 0, WARM_UP_SECONDS);
			long heap = usedHeap();
			long direct = PlatformDependent.usedDirectMemory();
			System.out.printf("PROOF after %d s: heap %d MB, direct %d MB, RSS %d MB, waiting %d KB%n", WARM_UP_SECONDS,
					heap >> 20, direct >> 20, residentMegabytes(), server.connections().blockedBytes() >> 10);

			long begin = System.nanoTime();
			for (int second = 0; second < SECONDS; second += WARM_UP_SECONDS) {
				publish(server.pubSub(), (WARM_UP_SECONDS + second) * PER_SECOND, WARM_UP_SECONDS);
				System.out.printf("PROOF %d s: RSS %d MB, waiting %d KB%n", second + WARM_UP_SECONDS,
						residentMegabytes(), server.connections().blockedBytes() >> 10);
			}
			double seconds = (System.nanoTime() - begin) / 1e9;

			long published = (long) PER_SECOND * (SECONDS + WARM_UP_SECONDS);
			await().atMost(Duration.ofSeconds(30)).until(() -> readers.slowest() == published);
			long heapAfter = usedHeap();
			System.out.printf(
					"PROOF %d published in %.1f s (%.0f a second), %d deliveries to %d readers, 0 missing; "
							+ "%d stalled; heap %d MB, direct %d MB, RSS %d MB%n",
					PER_SECOND * SECONDS, seconds, PER_SECOND * SECONDS / seconds, published * (SUBSCRIBERS - STALLED),
					SUBSCRIBERS - STALLED, STALLED, heapAfter >> 20, PlatformDependent.usedDirectMemory() >> 20,
					residentMegabytes());
			assertThat(server.connections().count()).isEqualTo(SUBSCRIBERS);
			assertThat(heapAfter - heap).isLessThan(16 << 20);
			assertThat(PlatformDependent.usedDirectMemory() - direct).isLessThan(32 << 20);
			assertThat(server.connections().blockedBytes()).isLessThanOrEqualTo(STALLED << 20);
		}
	}

	private static void publish(PubSub pubSub, int first, int seconds) {
		long begin = System.nanoTime();
		for (int i = 0; i < seconds * PER_SECOND; i++) {
			pubSub.publish("feed", Message.text(String.format("%0" + CONTENT + "d", first + i)));
			long due = begin + TimeUnit.SECONDS.toNanos(1) * i / PER_SECOND;
			while (i % 10 == 0 && System.nanoTime() < due) {
				LockSupport.parkNanos(due - System.nanoTime());
			}
		}
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private static long residentMegabytes() throws IOException {
		Path status = Path.of("/proc/self/status");
		if (!Files.exists(status)) {
			return -1;
		}
		return Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
			.findFirst()
			.orElse(-1);
	}

	/** Subscribes. */
	private static final class Subscriber implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("feed");
		}

	}

	/** Plain sockets on one selector, which count what comes and see its order. */
	private static final class Readers implements AutoCloseable {

		private final Selector selector = Selector.open();

		private final List<Reader> all = new ArrayList<>();

		private final List<SocketChannel> stalled = new ArrayList<>();

		private final Thread thread = new Thread(this::run, "readers");

		Readers() throws IOException {
		}

		void connect(int port, String path, boolean stalls) throws IOException {
			SocketChannel channel = SocketChannel.open();
			if (stalls) {
				channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
			}
			channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
					+ "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII)));
			StringBuilder head = new StringBuilder();
			ByteBuffer octet = ByteBuffer.allocate(1);
			while (head.indexOf("\r\n\r\n") < 0) {
				octet.clear();
				assertThat(channel.read(octet)).isOne();
				head.append((char) octet.get(0));
			}
			assertThat(head).startsWith("HTTP/1.1 101");
			if (stalls) {
				this.stalled.add(channel);
				return;
			}
			Reader reader = new Reader(channel);
			this.all.add(reader);
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_READ, reader);
		}

		void start() {
			this.thread.start();
		}

		/** What the slowest has got. */
		long slowest() {
			return this.all.stream().mapToLong((reader) -> reader.bytes / FRAME).min().orElse(0);
		}

		private void run() {
			ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
			try {
				while (this.selector.isOpen()) {
					this.selector.select();
					for (SelectionKey key : this.selector.selectedKeys()) {
						((Reader) key.attachment()).read(buffer);
					}
					this.selector.selectedKeys().clear();
				}
			}
			catch (IOException | java.nio.channels.ClosedSelectorException ex) {
				// the proof has ended, or its counts will tell
			}
		}

		@Override
		public void close() throws IOException {
			this.selector.close();
			for (Reader reader : this.all) {
				reader.channel.close();
			}
			for (SocketChannel channel : this.stalled) {
				channel.close();
			}
		}

	}

	/** One of them. */
	private static final class Reader {

		private final SocketChannel channel;

		private volatile long bytes;

		Reader(SocketChannel channel) {
			this.channel = channel;
		}

		void read(ByteBuffer buffer) throws IOException {
			buffer.clear();
			int read = this.channel.read(buffer);
			if (read > 0) {
				// the reader's own thread is the only one that writes it
				long before = this.bytes;
				this.bytes = before + read;
			}
		}

	}

}
