package io.iodine.edge;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.iodine.edge.RawClient.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Slow clients on real sockets. */
class DeadlineTests {

	private static final Duration SOON = Duration.ofMillis(400);

	@Test
	void manySlowHeadersAreAnsweredAndClosedWhileOthersAreServed() {
		Duration deadline = Duration.ofSeconds(2);
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(deadline, null, null, null))) {
			List<RawClient> slow = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				slow.add(server.client().send("GET / HTTP/1.1\r\nHost: a\r\nX-a: "));
			}

			for (int i = 0; i < 20; i++) {
				assertThat(ask(server).status()).isEqualTo(200);
			}
			for (RawClient client : slow) {
				assertThat(client.answer().status()).isEqualTo(408);
				assertThat(client.rest()).isEmpty();
				client.close();
			}
		}
	}

	@Test
	void drippingHeadersAreNoExcuse() throws InterruptedException {
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(SOON, null, null, null));
				RawClient client = server.client()) {
			Thread dripping = drip(client, "GET / HTTP/1.1\r\nHost: a\r\nX-a: b\r\n", "X-b: c\r\n");

			Answer answer = client.answer();

			assertThat(answer.status()).isEqualTo(408);
			dripping.interrupt();
			dripping.join();
		}
	}

	@Test
	void slowBodiesAreAnsweredAndClosed() throws InterruptedException {
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, SOON, null, null));
				RawClient client = server.client()) {
			Thread dripping = drip(client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n", "a");

			Answer answer = client.answer();

			assertThat(answer.status()).isEqualTo(408);
			dripping.interrupt();
			dripping.join();
		}
	}

	@Test
	void slowChunksAreAnsweredAndClosed() throws InterruptedException {
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, SOON, null, null));
				RawClient client = server.client()) {
			Thread dripping = drip(client, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
					"1\r\na\r\n");

			Answer answer = client.answer();

			assertThat(answer.status()).isEqualTo(408);
			dripping.interrupt();
			dripping.join();
		}
	}

	@Test
	void aBodyThatMovesMayTakeLong() {
		Duration deadline = Duration.ofSeconds(2);
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, deadline, null, null));
				RawClient client = server.client()) {
			String kibibyte = "a".repeat(1024);
			client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20480\r\n\r\n");
			long begin = System.nanoTime();

			for (int i = 0; i < 20; i++) {
				client.send(kibibyte);
				pause(Duration.ofMillis(150));
			}

			assertThat(client.answer().body()).hasSize(20480);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(deadline);
		}
	}

	@Test
	void aReaderThatStopsIsClosedAndToldOf() throws Exception {
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, null, SOON, null), new Heard(heard),
				UnaryOperator.identity()); RawClient client = server.client()) {

			client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");

			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("slow reader");
			assertThat(readToEnd(client)).isLessThan(64L << 20);
		}
	}

	@Test
	void aReaderOfAFileThatStopsIsClosed(@TempDir Path folder) throws Exception {
		Path file = folder.resolve("large");
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.setLength(256L << 20);
		}
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, null, SOON, null), new Heard(heard),
				UnaryOperator.identity())
			.with(file); RawClient client = server.client()) {

			client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");

			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("slow reader");
			assertThat(readToEnd(client)).isLessThan(256L << 20);
		}
	}

	@Test
	void aReaderThatMovesMayTakeLong() throws IOException {
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, null, Duration.ofSeconds(2), null));
				RawClient client = server.client()) {
			client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
			long begin = System.nanoTime();
			long total = 0;

			while (total < 64L << 20) {
				total += client.octets(1 << 20).length();
				pause(Duration.ofMillis(50));
			}

			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(3));
			assertThat(client.socket().getInputStream().read()).isNotEqualTo(-1);
		}
	}

	@Test
	void anUnusedConnectionIsClosedWithoutAWord() {
		try (GuardedServer server = new GuardedServer(GuardedServer.limits(null, null, null, Duration.ofSeconds(1)));
				RawClient silent = server.client();
				RawClient used = server.client()) {

			Answer answer = used.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer();

			assertThat(answer.status()).isEqualTo(200);
			assertThat(silent.rest()).isEmpty();
			assertThat(used.rest()).isEmpty();
		}
	}

	@Test
	void aSlowApplicationIsNotTheClientsFault() {
		Duration second = Duration.ofSeconds(1);
		EdgeLimits limits = GuardedServer.limits(second, second, second, second);
		try (GuardedServer server = new GuardedServer(limits); RawClient client = server.client()) {

			Answer answer = client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n").answer();

			assertThat(answer.body()).isEqualTo("later");
		}
	}

	private static Answer ask(GuardedServer server) {
		try (RawClient client = server.client()) {
			return client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer();
		}
	}

	private static Thread drip(RawClient client, String begin, String more) {
		client.send(begin);
		Thread thread = new Thread(() -> {
			try {
				while (!Thread.currentThread().isInterrupted()) {
					TimeUnit.MILLISECONDS.sleep(50);
					client.send(more);
				}
			}
			catch (InterruptedException | UncheckedIOException ex) {
				Thread.currentThread().interrupt();
			}
		});
		thread.start();
		return thread;
	}

	// the pace of the client is what is tested
	private static void pause(Duration time) {
		try {
			TimeUnit.NANOSECONDS.sleep(time.toNanos());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long readToEnd(RawClient client) throws IOException {
		long total = 0;
		byte[] octets = new byte[1 << 16];
		try {
			for (int read = 0; read >= 0; read = client.socket().getInputStream().read(octets)) {
				total += read;
			}
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		return total;
	}

	private record Heard(BlockingQueue<String> queue) implements EdgeObserver {

		@Override
		public void onRejected(int status, @Nullable String reason) {
			this.queue.add(status + " " + reason);
		}

		@Override
		public void onSlowReader() {
			this.queue.add("slow reader");
		}

	}

}
