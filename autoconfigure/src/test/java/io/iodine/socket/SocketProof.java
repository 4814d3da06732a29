package io.iodine.socket;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.UnixOperatingSystemMXBean;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.iodine.net.ActiveListener;
import io.iodine.net.Client;
import io.iodine.net.ClientOptions;
import io.iodine.net.Listener;
import io.iodine.task.Timer;
import io.iodine.timer.TaskTimers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is too large or too slow for every build, with its figures. */
class SocketProof {

	private static final Log logger = LogFactory.getLog(SocketProof.class);

	private static final int LARGE = 8_760_000;

	private static final int CONNECTIONS = 200;

	private final SocketFixture sockets = new SocketFixture();

	@AfterEach
	void close() {
		this.sockets.close();
	}

	/** 1.75 GB in each direction, of which a heap of 512 MB holds little at a time. */
	@Test
	void largeMessagesPassOnTwoHundredConnectionsAtOnce() throws Exception {
		ActiveListener listener = this.sockets
			.listen(Listener.on("tcp://127.0.0.1:0", new EchoInParts()).framer(Framer.lengthPrefixed().inParts()));
		ExecutorService peers = Executors.newFixedThreadPool(CONNECTIONS);
		AtomicLong peak = new AtomicLong();
		long start = System.nanoTime();
		List<Future<Long>> echoes = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			echoes.add(peers.submit(exchange(listener.port(), LARGE, peak)));
		}

		for (Future<Long> echo : echoes) {
			assertThat(echo.get(10, TimeUnit.MINUTES)).isEqualTo(LARGE);
		}

		figure("8.76 MB on 200 connections, there and back: %d ms, heap at most %d MB",
				(System.nanoTime() - start) / 1_000_000, peak.get() >> 20);
		peers.shutdown();
	}

	@Test
	void aMessageOfAGibibyteIsStreamed() throws Exception {
		ActiveListener listener = this.sockets
			.listen(Listener.on("tcp://127.0.0.1:0", new EchoInParts()).framer(Framer.lengthPrefixed().inParts()));
		AtomicLong peak = new AtomicLong();
		long start = System.nanoTime();

		assertThat(exchange(listener.port(), 1L << 30, peak).call()).isEqualTo(1L << 30);

		figure("1 GiB there and back: %d ms, heap at most %d MB", (System.nanoTime() - start) / 1_000_000,
				peak.get() >> 20);
	}

	@Test
	void aClientComesBackFromFiftyRestartsOfItsServer() throws Exception {
		SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
				this.sockets.callbacks);
		connector.start(this.sockets.transport);
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		LinkedBlockingQueue<Connection> taken = new LinkedBlockingQueue<>();
		AtomicInteger opened = new AtomicInteger();
		ReconnectingClient client = new ReconnectingClient("proof", URI.create("tcp://127.0.0.1:" + port),
				() -> ClientOptions.DEFAULTS, new ReconnectPolicy(true, Duration.ofMillis(1), Duration.ofMillis(20)),
				() -> new Subscriber(opened), connector, this.sockets.callbacks, this.sockets.connections.settings(),
				(event) -> assertThat(event.client()).isEqualTo("proof"));
		client.start();
		long descriptors = descriptors();
		int threads = Thread.activeCount();

		for (int i = 1; i <= 50; i++) {
			ActiveListener server = this.sockets.listen(Listener.on("tcp://127.0.0.1:" + port, new Taker(taken)));
			Connection connection = taken.take();
			while (client.state() != Client.State.CONNECTED) {
				Thread.onSpinWait();
			}
			assertThat(opened).hasValue(i);
			server.stop();
			connection.forceClose();
			while (client.state() == Client.State.CONNECTED) {
				Thread.onSpinWait();
			}
		}

		client.stop();
		while (this.sockets.connections.count() > 0) {
			Thread.onSpinWait();
		}
		assertThat(this.sockets.connections.subscriptionCount()).isZero();
		assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
		assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
		figure("50 restarts: %d reconnects, %d descriptors before and %d after", opened.get(), descriptors,
				descriptors());
		connector.stop();
	}

	/**
	 * A server in Node, ended by {@code SIGKILL}, gets a message of the channel each
	 * time.
	 */
	@Test
	void aClientComesBackFromFiftyKillsOfItsServer() throws Exception {
		SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
				this.sockets.callbacks);
		connector.start(this.sockets.transport);
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		AtomicInteger opened = new AtomicInteger();
		ReconnectingClient client = new ReconnectingClient("proof", URI.create("tcp://127.0.0.1:" + port),
				() -> ClientOptions.DEFAULTS.framer(Framer.line()),
				new ReconnectPolicy(true, Duration.ofMillis(1), Duration.ofMillis(20)), () -> new Subscriber(opened),
				connector, this.sockets.callbacks, this.sockets.connections.settings(),
				(event) -> assertThat(event.client()).isEqualTo("proof"));
		client.start();
		long descriptors = descriptors();
		int threads = Thread.activeCount();

		for (int i = 1; i <= 50; i++) {
			Process server = new ProcessBuilder("node", "-e",
					"require('net').createServer((s) => s.pipe(process.stdout)).listen(" + port + ", '127.0.0.1')")
				.start();
			try (BufferedReader heard = server.inputReader()) {
				String edition = "edition " + i;
				Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
					this.sockets.pubSub.publish("news", edition);
					return heard.ready();
				});
				assertThat(heard.readLine()).isEqualTo(edition);
				server.destroyForcibly().waitFor();
			}
			Awaitility.await().until(() -> client.state() != Client.State.CONNECTED);
		}

		client.stop();
		Awaitility.await().until(() -> this.sockets.connections.count() == 0);
		assertThat(this.sockets.connections.subscriptionCount()).isZero();
		assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
		assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
		assertThat(opened.get()).isGreaterThanOrEqualTo(50);
		figure("50 kills: %d reconnects, %d descriptors before and %d after, %d threads before and %d after",
				opened.get(), descriptors, descriptors(), threads, Thread.activeCount());
		connector.stop();
	}

	@Test
	void aHundredThousandTimersAreHeldAndCancelled() {
		TaskTimers timers = new TaskTimers(this.sockets.callbacks, () -> false, 100_000);
		timers.start();
		List<Timer> all = new ArrayList<>();
		int threads = Thread.activeCount();
		for (int i = 0; i < 100_000; i++) {
			all.add(timers.runAfter(Duration.ofDays(1), () -> assertThat(true).isFalse()));
		}
		long start = System.nanoTime();
		all.forEach(Timer::cancel);

		figure("100,000 timers: %d more threads, cancelled in %d ms", Thread.activeCount() - threads,
				(System.nanoTime() - start) / 1_000_000);
		assertThat(timers.pending()).isZero();
		timers.stop();
	}

	private static Callable<Long> exchange(int port, long size, AtomicLong peak) {
		return () -> {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				Thread writer = new Thread(() -> send(socket, size));
				writer.start();
				DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
				long announced = Long.reverseBytes(in.readLong());
				long read = receive(in, announced, peak);
				writer.join();
				return read;
			}
		};
	}

	private static void send(Socket socket, long size) {
		try {
			OutputStream out = socket.getOutputStream();
			out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(size).array());
			byte[] block = new byte[1 << 16];
			for (long left = size; left > 0; left -= block.length) {
				out.write(block, 0, (int) Math.min(left, block.length));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long receive(InputStream in, long size, AtomicLong peak) throws IOException {
		byte[] block = new byte[1 << 16];
		long read = 0;
		while (read < size) {
			int count = in.read(block, 0, (int) Math.min(block.length, size - read));
			assertThat(count).isPositive();
			if ((read >> 20) != ((read + count) >> 20)) {
				peak.accumulateAndGet(used(), Math::max);
			}
			read += count;
		}
		return read;
	}

	private static long used() {
		MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
		return heap.getUsed();
	}

	private static long descriptors() {
		return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
	}

	@SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
	private static void figure(String text, Object... values) {
		logger.info("PROOF " + String.format(text, values));
	}

	/**
	 * Sends parts back as they come, and reads no more while too much waits.
	 */
	private static final class EchoInParts implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) throws InterruptedException {
			MessagePart part = MessagePart.of(message);
			while (client.pending() > 32 && client.isOpen()) {
				TimeUnit.MILLISECONDS.sleep(1);
			}
			assertThat(part.size()).isGreaterThanOrEqualTo(part.length());
			client.write(message);
		}

	}

	/** Subscribes again after each reconnect. */
	private static final class Subscriber implements ConnectionHandler {

		private final AtomicInteger opened;

		Subscriber(AtomicInteger opened) {
			this.opened = opened;
		}

		@Override
		public void onOpen(Connection client) {
			client.subscribe("news");
			this.opened.incrementAndGet();
		}

	}

	/** Tells of the connections that were taken. */
	private static final class Taker implements ConnectionHandler {

		private final LinkedBlockingQueue<Connection> taken;

		Taker(LinkedBlockingQueue<Connection> taken) {
			this.taken = taken;
		}

		@Override
		public void onOpen(Connection client) {
			this.taken.add(client);
		}

	}

}
