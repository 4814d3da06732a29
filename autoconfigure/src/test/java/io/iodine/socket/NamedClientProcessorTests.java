package io.iodine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.iodine.Message;
import io.iodine.UnloggableException;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientProcessor;
import io.iodine.net.NamedClients.Iteration;
import io.iodine.socket.NamedClientSettings.Unknown;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of processors of named clients. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class NamedClientProcessorTests {

	private final SocketFixture sockets = new SocketFixture();

	private final SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
			this.sockets.callbacks);

	private final PolledClients clients = new PolledClients(this.sockets.listeners, this.connector,
			new NamedClientSettings(Unknown.GENERATE, "unknown-", 10, 1 << 20));

	private final int port = this.clients.listen("tcp://127.0.0.1:0").port();

	/** What was seen in polls. */
	private final List<String> seen = new ArrayList<>();

	@BeforeEach
	void start() {
		this.connector.start(this.sockets.transport);
	}

	@AfterEach
	void close() {
		this.connector.stop();
		this.clients.all().forEach(NamedClient::closeNow);
		pollUntil(() -> this.sockets.connections.count() == 0);
		this.sockets.close();
	}

	@Test
	void aProcessorAnswersWithinThePollAndChangesTheMode() throws IOException {
		this.clients.register("eva").process((client) -> {
			this.seen.add("processor of " + client.name());
			client.send(Message.text("welcome"));
			return new Recorder();
		});

		try (SocketPeer peer = SocketPeer.tcp(this.port)) {
			peer.send(framed("eva")).send(framed("one"));
			pollUntil(() -> this.seen.contains("eva said one"));
			peer.send(framed("raw"));
			pollUntil(() -> this.seen.contains("eva said raw"));
			peer.send("bytes");
			pollUntil(() -> this.seen.contains("eva said bytes"));

			assertThat(peer.readBytes(10 + 15 + 11 + 11 + 5))
				.isEqualTo(concat(framed("OK"), framed("welcome"), framed("one"), framed("raw"), bytes("bytes")));
			pollUntil(() -> this.seen.get(this.seen.size() - 1).equals("eva has all"));
		}
		pollUntil(() -> this.seen.contains("eva gone, connected: false"));

		assertThat(this.seen).startsWith("processor of eva")
			.contains("expected eva", "disconnected eva")
			.noneMatch((event) -> event.startsWith("readable") || event.startsWith("empty"));
	}

	@Test
	void anExceptionRemovesItsClientOnly(CapturedOutput output) throws IOException {
		NamedClient eva = this.clients.register("eva").process((client) -> new Recorder());
		NamedClient adam = this.clients.register("adam").process((client) -> new Recorder());
		try (SocketPeer first = SocketPeer.tcp(this.port); SocketPeer second = SocketPeer.tcp(this.port)) {
			first.send(framed("eva")).send(framed("fail")).send(framed("later"));
			second.send(framed("adam"));
			pollUntil(() -> this.seen.contains("eva gone, connected: false") && adam.connection().isPresent());

			second.send(framed("still here"));
			pollUntil(() -> this.seen.contains("adam said still here"));

			assertThat(first.readAll()).isIn("", new String(framed("OK"), StandardCharsets.US_ASCII));
		}
		assertThat(this.clients.find("eva")).isEmpty();
		assertThat(eva.connection()).isEmpty();
		assertThat(this.seen).doesNotContain("eva said later");
		assertThat(output).contains("The processor of the client eva failed, which is removed", "told to fail");
		this.clients.register("eva");
	}

	@Test
	void aProcessorThatCannotBeMadeRemovesItsClient(CapturedOutput output) throws IOException {
		this.clients.register("eva").process((client) -> {
			throw new IllegalStateException("no processor today");
		});

		try (SocketPeer peer = SocketPeer.tcp(this.port)) {
			peer.send(framed("eva"));
			pollUntil(() -> this.clients.find("eva").isEmpty());
		}

		assertThat(output).contains("no processor today");
	}

	@Test
	void anErrorOfAProcessorRemovesItsClientOnly() throws Exception {
		this.clients.register("eva").process((client) -> {
			throw new NoClassDefFoundError("Processor");
		});
		this.clients.register("ann").process((client) -> {
			throw new UnloggableException();
		});
		this.clients.register("joe");

		try (SocketPeer eva = SocketPeer.tcp(this.port);
				SocketPeer ann = SocketPeer.tcp(this.port);
				SocketPeer joe = SocketPeer.tcp(this.port)) {
			eva.send(framed("eva"));
			ann.send(framed("ann"));
			joe.send(framed("joe"));
			pollUntil(() -> this.clients.find("eva").isEmpty() && this.clients.find("ann").isEmpty()
					&& this.clients.find("joe").flatMap(NamedClient::connection).isPresent());
		}
	}

	@Test
	void unknownClientsHaveProcessorsOfTheirOwn() throws Exception {
		this.clients.processUnknown((client) -> (from, message) -> {
			from.send(Message.text(from.name() + " may go"));
			from.closeAfterOutput();
		});

		for (int i = 1; i <= 2; i++) {
			try (SocketPeer peer = SocketPeer.tcp(this.port)) {
				peer.send(framed("stranger")).send(framed("hello"));
				CompletableFuture<String> all = leaveAtTheEnd(peer);
				String gone = "disconnected unknown-" + i;
				pollUntil(() -> this.seen.contains(gone));

				assertThat(all.get(30, TimeUnit.SECONDS)).isEqualTo(new String(
						concat(framed("OK"), framed("unknown-" + i + " may go")), StandardCharsets.US_ASCII));
			}
		}
		assertThat(this.seen).contains("unknown unknown-1", "unknown unknown-2");
		assertThat(this.clients.all()).isEmpty();
	}

	@Test
	void anErrorRemovesItsClientAsAnExceptionDoes(CapturedOutput output) throws IOException {
		this.clients.processUnknown((client) -> new NamedClientProcessor() {

			@Override
			public void onMessage(NamedClient from, Message message) {
				from.closeNow();
			}

			@Override
			public void onDisconnected(NamedClient from) {
				throw new AssertionError("expected by this test");
			}

		});
		NamedClient eva = this.clients.register("eva").process((client) -> (from, message) -> {
			throw new NoClassDefFoundError("expected by this test");
		});

		try (SocketPeer first = SocketPeer.tcp(this.port); SocketPeer second = SocketPeer.tcp(this.port)) {
			first.send(framed("stranger")).send(framed("hello"));
			second.send(framed("eva")).send(framed("hello"));
			pollUntil(() -> this.seen.contains("disconnected unknown-1") && this.seen.contains("disconnected eva"));
		}

		assertThat(eva.connection()).isEmpty();
		assertThat(this.clients.all()).isEmpty();
		assertThat(output).contains("The processor of the client eva failed, which is removed",
				"The processor of the client unknown-1 failed, which is removed");
	}

	@Test
	void aClientThatIsConnectedIsProcessedFromTheNextPollOn() throws IOException {
		NamedClient eva = this.clients.register("eva");
		try (SocketPeer peer = SocketPeer.tcp(this.port)) {
			peer.send(framed("eva")).send(framed("before"));
			pollUntil(() -> this.seen.contains("readable eva"));

			eva.process((client) -> new Recorder());
			this.clients.poll(Duration.ZERO);
			peer.send(framed("after"));
			pollUntil(() -> this.seen.contains("eva said after"));

			assertThat(eva.messages()).extracting(Message::asText).containsExactly("before");
		}
	}

	private void pollUntil(BooleanSupplier condition) {
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("in time, seen: %s", this.seen).isLessThan(deadline);
			Iteration iteration = this.clients.poll(Duration.ofMillis(10));
			iteration.connectedExpected().forEach((client) -> this.seen.add("expected " + client.name()));
			iteration.connectedUnknown().forEach((client) -> this.seen.add("unknown " + client.name()));
			iteration.readable().forEach((client) -> this.seen.add("readable " + client.name()));
			iteration.outputEmpty().forEach((client) -> this.seen.add("empty " + client.name()));
			iteration.disconnected().forEach((client) -> this.seen.add("disconnected " + client.name()));
		}
	}

	/** Reads everything on another thread, and closes the socket. */
	private static CompletableFuture<String> leaveAtTheEnd(SocketPeer peer) {
		return CompletableFuture.supplyAsync(() -> {
			try (peer) {
				return peer.readAll();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	private static byte[] framed(String text) {
		byte[] bytes = bytes(text);
		return ByteBuffer.allocate(Long.BYTES + bytes.length)
			.order(ByteOrder.LITTLE_ENDIAN)
			.putLong(bytes.length)
			.put(bytes)
			.array();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] concat(byte[]... parts) {
		ByteBuffer all = ByteBuffer.allocate(List.of(parts).stream().mapToInt((part) -> part.length).sum());
		List.of(parts).forEach(all::put);
		return all.array();
	}

	/** Echoes, fails and changes the mode as it is told. */
	private final class Recorder implements NamedClientProcessor {

		@Override
		public void onMessage(NamedClient client, Message message) throws IOException {
			String text = message.asText();
			NamedClientProcessorTests.this.seen.add(client.name() + " said " + text);
			if (text.equals("fail")) {
				throw new IOException("told to fail");
			}
			client.send(message);
			if (text.equals("raw")) {
				client.raw(true);
			}
		}

		@Override
		public void onOutputEmpty(NamedClient client) {
			NamedClientProcessorTests.this.seen.add(client.name() + " has all");
		}

		@Override
		public void onDisconnected(NamedClient client) {
			NamedClientProcessorTests.this.seen
				.add(client.name() + " gone, connected: " + client.connection().isPresent());
		}

	}

}
