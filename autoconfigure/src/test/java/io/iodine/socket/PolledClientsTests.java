package io.iodine.socket;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.DrainSettings;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientRule;
import io.iodine.net.NamedClients.Iteration;
import io.iodine.socket.NamedClientSettings.Unknown;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link PolledClients}.
 */
@Timeout(60)
class PolledClientsTests {

	private static final String ANY_PORT = "tcp://127.0.0.1:0";

	@TempDir
	Path folder;

	private final SocketFixture sockets = new SocketFixture();

	private final SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
			this.sockets.callbacks);

	@BeforeEach
	void start() {
		this.connector.start(this.sockets.transport);
	}

	@AfterEach
	void close() {
		this.connector.stop();
		this.sockets.connections
			.drain(new DrainSettings(Duration.ofMillis(1), 1000, Duration.ZERO, Duration.ZERO, Duration.ZERO));
		this.sockets.close();
	}

	@Test
	void aRegisteredClientIsGreetedReadAndWrittenTo() throws IOException {
		PolledClients clients = clients(Unknown.REFUSE, 1 << 20);
		NamedClient eva = clients.register("eva");

		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed("eva"));
			assertThat(await(clients, Iteration::connectedExpected)).containsExactly(eva);
			assertThat(peer.readBytes(10)).isEqualTo(framed("OK"));
			peer.send(framed("one")).send(framed("two"));
			assertThat(await(clients, Iteration::readable)).containsExactly(eva);
			while (eva.inputSize() < 2) {
				clients.poll(Duration.ofMillis(10));
			}
			assertThat(eva.messages()).extracting(Message::asText).containsExactly("one", "two");
			assertThat(eva.send(List.of(Message.text("a"), Message.text("b")))).isEqualTo(2);
			assertThat(peer.readBytes(18)).isEqualTo(concat(framed("a"), framed("b")));
			assertThat(clients.find(eva.connection().orElseThrow().id())).contains(eva);
		}
		assertThat(await(clients, Iteration::disconnected)).containsExactly(eva);
		assertThat(eva.send(Message.text("late"))).isFalse();
		assertThat(clients.find("eva")).contains(eva);
	}

	@Test
	void whatWasSentCanBeTakenAfterTheClientHasGone() throws IOException {
		PolledClients clients = clients(Unknown.REFUSE, 1 << 20);
		NamedClient eva = clients.register("eva");
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed("eva")).send(framed("last words"));
		}

		await(clients, Iteration::disconnected);

		assertThat(eva.message()).map(Message::asText).contains("last words");
		assertThat(eva.message()).isEmpty();
	}

	@Test
	void aClientThatIsNotRegisteredIsRefused() throws IOException {
		PolledClients clients = clients(Unknown.REFUSE, 1 << 20);
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed("stranger"));
			this.sockets.callbacks.execute(() -> pollOften(clients));

			assertThat(peer.readAll()).isEmpty();
		}
	}

	@Test
	void aParkedClientIsTakenOnceItIsRegistered() throws IOException {
		PolledClients clients = clients(Unknown.PARK, 1 << 20);
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed("eva"));
			for (int i = 0; i < 20; i++) {
				assertThat(clients.poll(Duration.ofMillis(10)).connectedExpected()).isEmpty();
			}

			NamedClient eva = clients.register("eva");

			assertThat(await(clients, Iteration::connectedExpected)).containsExactly(eva);
			assertThat(peer.readBytes(10)).isEqualTo(framed("OK"));
		}
	}

	@Test
	void anUnknownClientGetsAGeneratedName() throws IOException {
		PolledClients clients = clients(Unknown.GENERATE, 1 << 20);
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed(""));
			assertThat(await(clients, Iteration::connectedUnknown)).extracting(NamedClient::name)
				.containsExactly("unknown-1");
		}
		await(clients, Iteration::disconnected);
		assertThat(clients.all()).isEmpty();
	}

	@Test
	void anUnknownClientThatClosesWhileItIsTakenLeavesNothing() throws Exception {
		PolledClients clients = clients(Unknown.GENERATE, 1 << 20);
		List<ConnectionHandler> made = new ArrayList<>();
		clients.listen(ANY_PORT, (listener) -> {
			made.add(listener.handlers().get());
			return listener;
		});
		ConnectionHandler handshake = made.get(0);
		Connection closed = Mockito.mock(Connection.class);
		given(closed.isOpen()).willReturn(false);

		handshake.onOpen(closed);
		handshake.onMessage(closed, Message.text(""));
		assertThat(clients.poll(Duration.ZERO).connectedUnknown()).isEmpty();
		handshake.onClose(closed);
		Iteration last = clients.poll(Duration.ZERO);

		assertThat(last.connectedExpected()).isEmpty();
		assertThat(last.disconnected()).isEmpty();
		assertThat(clients.all()).isEmpty();
		then(closed).should(never()).write(any(Message.class));
	}

	@Test
	void untakenInputOfUnregisteredClientsIsDiscardedAfterTheyClose() throws IOException {
		PolledClients clients = clients(Unknown.GENERATE, 100);
		int port = clients.listen(ANY_PORT).port();
		for (int i = 0; i < 5; i++) {
			try (SocketPeer peer = SocketPeer.tcp(port)) {
				peer.send(framed("")).send(framed("x".repeat(90)));
				await(clients, Iteration::readable);
			}
			await(clients, Iteration::disconnected);
		}

		try (SocketPeer peer = SocketPeer.tcp(port)) {
			peer.send(framed(""));
			assertThat(await(clients, Iteration::connectedUnknown)).hasSize(1);
		}
	}

	@Test
	void aGeneratedNameThatIsTakenIsSkipped() throws IOException {
		PolledClients clients = clients(Unknown.GENERATE, 1 << 20);
		clients.register("unknown-1");
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed(""));

			assertThat(await(clients, Iteration::connectedUnknown)).extracting(NamedClient::name)
				.containsExactly("unknown-2");
		}
	}

	@Test
	void rulesAreAppliedAndNamesAreThereOnce() throws IOException {
		PolledClients clients = clients(Unknown.REFUSE, 1 << 20);
		clients.register("by-socket", NamedClientRule.unixOnly());
		clients.register("elsewhere", NamedClientRule.network("10.0.0.0/8"));
		clients.register("here", NamedClientRule.localOnly(), NamedClientRule.tcpOnly(),
				NamedClientRule.network("127.0.0.0/8"));
		clients.register("certified", NamedClientRule.certificate("CN=Eva"));
		int port = clients.listen(ANY_PORT).port();
		Path path = this.folder.resolve("named.sock");
		clients.listen("unix:" + path);
		this.sockets.callbacks.execute(() -> pollOften(clients));

		for (String rejected : List.of("by-socket", "elsewhere", "certified")) {
			try (SocketPeer peer = SocketPeer.tcp(port)) {
				assertThat(peer.send(framed(rejected)).readAll()).as(rejected).isEmpty();
			}
		}
		try (SocketPeer peer = SocketPeer.tcp(port);
				SocketPeer unix = SocketPeer.unix(path);
				SocketPeer second = SocketPeer.tcp(port)) {
			assertThat(peer.send(framed("here")).readBytes(10)).isEqualTo(framed("OK"));
			assertThat(unix.send(framed("by-socket")).readBytes(10)).isEqualTo(framed("OK"));
			assertThat(second.send(framed("here")).readAll()).isEmpty();
		}
		assertThatIllegalArgumentException().isThrownBy(() -> clients.register("here"));
		assertThatIllegalArgumentException().isThrownBy(() -> clients.register(""));
		assertThatIllegalArgumentException().isThrownBy(() -> NamedClientRule.network("10.0.0.0/33"));
		assertThatIllegalArgumentException().isThrownBy(() -> NamedClientRule.network("host/8"));
	}

	@Test
	void oneListensAndDials() {
		PolledClients clients = clients(Unknown.REFUSE, 1 << 20);
		NamedClient taken = clients.register("dialer");
		int port = clients.listen(ANY_PORT).port();

		NamedClient dialed = clients.connect(URI.create("tcp://127.0.0.1:" + port), "dialer", "server");

		Set<NamedClient> connected = new HashSet<>();
		while (connected.size() < 2) {
			connected.addAll(clients.poll(Duration.ofMillis(100)).connectedExpected());
		}
		assertThat(connected).containsExactlyInAnyOrder(taken, dialed);
		dialed.send(Message.text("hello"));
		await(clients, Iteration::readable);
		assertThat(taken.message()).map(Message::asText).contains("hello");
		dialed.closeAtNextPoll();
		assertThat(await(clients, Iteration::disconnected)).isNotEmpty();
	}

	@Test
	void overTheLimitNothingMoreIsRead() throws IOException {
		PolledClients clients = clients(Unknown.REFUSE, 10_000);
		NamedClient eva = clients.register("eva");
		try (SocketPeer peer = SocketPeer.tcp(clients.listen(ANY_PORT).port())) {
			peer.send(framed("eva"));
			await(clients, Iteration::connectedExpected);
			for (int i = 0; i < 500; i++) {
				peer.send(framed("x".repeat(1000)));
			}
			for (int i = 0; i < 30; i++) {
				clients.poll(Duration.ofMillis(5));
			}
			int kept = eva.inputSize();
			assertThat(kept).isLessThan(500);

			int taken = 0;
			while (taken < 500) {
				taken += eva.messages().size();
				clients.poll(Duration.ofMillis(5));
			}

			assertThat(taken).isEqualTo(500);
		}
	}

	private PolledClients clients(Unknown unknown, long maxInput) {
		return new PolledClients(this.sockets.listeners, this.connector,
				new NamedClientSettings(unknown, "unknown-", 10, maxInput));
	}

	private static Set<NamedClient> await(PolledClients clients, Function<Iteration, Set<NamedClient>> set) {
		Set<NamedClient> found = Set.of();
		while (found.isEmpty()) {
			found = set.apply(clients.poll(Duration.ofSeconds(1)));
		}
		return found;
	}

	private static void pollOften(PolledClients clients) {
		while (!Thread.currentThread().isInterrupted()) {
			clients.poll(Duration.ofMillis(10));
		}
	}

	private static byte[] framed(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(Long.BYTES + bytes.length)
			.order(ByteOrder.LITTLE_ENDIAN)
			.putLong(bytes.length)
			.put(bytes)
			.array();
	}

	private static byte[] concat(byte[] one, byte[] other) {
		return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
	}

}
