package io.iodine.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Counts what clients that abort leave behind on a servlet container, and its CPU time.
 */
@ParameterizedClass
@ValueSource(strings = { "tomcat", "jetty" })
class ServletContainerProof {

	private static final int ABORTS = 5_000;

	private static final int STREAMS = 1_000;

	private final String container;

	ServletContainerProof(String container) {
		this.container = container;
	}

	@Test
	void abortsLeaveNothingBehind() throws IOException {
		// Jetty keeps the socket of a stream, whose client is found gone by the second
		// ping
		try (TestServer server = start("iodine.ping-interval=1s")) {
			String path = server.serve(new Echo());
			for (int i = 0; i < 50; i++) {
				abort(server, path, i % 5);
			}
			awaitNone(server);
			long before = descriptors();

			long begin = System.nanoTime();
			for (int i = 0; i < ABORTS; i++) {
				abort(server, path, i % 5);
			}
			awaitNone(server);
			long aborted = descriptors();
			for (int i = 0; i < STREAMS; i++) {
				try (RawPeer peer = RawPeer.eventStream(server, path)) {
					peer.socket().setSoLinger(true, 0);
				}
			}
			awaitNone(server);

			await().atMost(Duration.ofSeconds(30)).until(() -> descriptors() <= before + 3);
			System.out.printf(
					"PROOF %s: %d aborts of five kinds and %d resets of event streams in %d s: 0 connections, "
							+ "0 permits, descriptors %d before, %d after the aborts, %d at the end%n",
					this.container, ABORTS, STREAMS, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin), before,
					aborted, descriptors());
		}
	}

	@Test
	void aPausedReaderCostsNoCpu() throws Exception {
		CountDownLatch released = new CountDownLatch(1);
		try (TestServer server = start();
				RawPeer peer = RawPeer.webSocket(server, server.serve(new Blocked(released)))) {
			Thread sender = new Thread(() -> send(peer));
			sender.start();
			await().atMost(Duration.ofSeconds(30)).until(() -> cpuOver(Duration.ofMillis(500)).toMillis() < 100);

			Duration cpu = cpuOver(Duration.ofSeconds(3));

			System.out.printf("PROOF %s: %d ms of CPU in 3 s while reading is paused%n", this.container,
					cpu.toMillis());
			assertThat(sender.isAlive()).isTrue();
			assertThat(cpu).isLessThan(Duration.ofMillis(500));
			released.countDown();
			peer.socket().close();
			sender.join();
		}
	}

	@Test
	void connectionsAnswerWhileAllThreadsOfTheContainerAreBlocked() {
		List<RawPeer> blocking = new ArrayList<>();
		Pages.released = new CountDownLatch(1);
		try (TestServer server = start("server.tomcat.threads.max=4", "server.jetty.threads.max=12");
				RawPeer peer = RawPeer.webSocket(server, server.serve(new Echo()))) {
			peer.text("warm");
			peer.frame();
			for (int i = 0; i < 24; i++) {
				blocking.add(new RawPeer(server.port()).get("/block"));
			}
			await().until(() -> Pages.BLOCKED.get() >= 4);
			long[] nanos = new long[50];
			for (int i = 0; i < nanos.length; i++) {
				long begin = System.nanoTime();
				peer.text("hello");
				peer.frame();
				nanos[i] = System.nanoTime() - begin;
			}
			Pages.released.countDown();
			blocking.forEach((one) -> one.expect(200));

			Arrays.sort(nanos);
			System.out.printf("PROOF %s: all threads blocked, echo median %d us, slowest %d us%n", this.container,
					nanos[nanos.length / 2] / 1000, nanos[nanos.length - 1] / 1000);
			assertThat(nanos[nanos.length / 2]).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));
		}
		finally {
			Pages.released.countDown();
			blocking.forEach(RawPeer::close);
		}
	}

	private TestServer start(String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "test.server=" + this.container;
		return TestServer.start(List.of(Pages.class), all);
	}

	/** Resets a connection at one of five moments. */
	private static void abort(TestServer server, String path, int kind) throws IOException {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.socket().setSoLinger(true, 0);
			switch (kind) {
				case 0 -> peer.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n");
				case 1 -> peer.handshake(path);
				case 2 -> peer.handshake(path).expect(101);
				case 3 -> peer.handshake(path).send(new byte[] { (byte) 0x81, (byte) 0xFE, 1 }).expect(101);
				default -> peer.handshake(path).text("hello").expect(101);
			}
		}
	}

	private static void awaitNone(TestServer server) {
		await().atMost(Duration.ofSeconds(30))
			.until(() -> server.connections().count() == 0 && server.connections().limiter().inUse() == 0);
	}

	private static void send(RawPeer peer) {
		try {
			OutputStream out = peer.socket().getOutputStream();
			byte[] frame = RawPeer.frame(0x82, new byte[10_000]);
			for (int i = 0; i < 10_000; i++) {
				out.write(frame);
			}
		}
		catch (IOException ex) {
			assertThat(peer.socket().isClosed()).isTrue();
		}
	}

	private static Duration cpuOver(Duration time) throws InterruptedException {
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		long before = system.getProcessCpuTime();
		TimeUnit.MILLISECONDS.sleep(time.toMillis());
		return Duration.ofNanos(system.getProcessCpuTime() - before);
	}

	private static long descriptors() throws IOException {
		try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
			return open.count();
		}
	}

	/** Sends back what it gets. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Does not return from its first message. */
	private record Blocked(CountDownLatch released) implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) throws InterruptedException {
			this.released.await();
		}

	}

	/** A page that keeps a thread of the container. */
	@RestController
	static class Pages {

		private static final AtomicInteger BLOCKED = new AtomicInteger();

		private static volatile CountDownLatch released = new CountDownLatch(0);

		@GetMapping("/block")
		String block() throws InterruptedException {
			BLOCKED.incrementAndGet();
			try {
				released.await();
				return "released";
			}
			finally {
				BLOCKED.decrementAndGet();
			}
		}

	}

}
