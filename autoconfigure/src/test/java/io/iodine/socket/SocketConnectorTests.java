package io.iodine.socket;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.connection.Recorder;
import io.iodine.net.ActiveListener;
import io.iodine.net.Client;
import io.iodine.net.ClientEvent;
import io.iodine.net.ClientOptions;
import io.iodine.net.Listener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketConnector} and {@link ReconnectingClient}.
 */
@Timeout(60)
class SocketConnectorTests {

	@TempDir
	Path folder;

	private final SocketFixture sockets = new SocketFixture();

	private final SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
			this.sockets.callbacks);

	private final BlockingQueue<Connection> greeted = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@BeforeEach
	void start() {
		this.connector.start(this.sockets.transport);
	}

	@AfterEach
	void close() {
		this.connector.stop();
		this.sockets.close();
		this.connector.close();
	}

	@Test
	void aChannelThatWasConnectedElsewhereIsTakenOver() throws Exception {
		attached(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
	}

	@Test
	void aChannelOfAUnixSocketIsTakenOver() throws Exception {
		attached(ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(this.folder.resolve("peer"))));
	}

	@SuppressWarnings("try") // the close is what is tested
	private void attached(ServerSocketChannel server) throws Exception {
		try (server; SocketChannel peer = SocketChannel.open(server.getLocalAddress())) {
			peer.write(ByteBuffer.wrap("early\n".getBytes(StandardCharsets.US_ASCII)));
			Connection client = this.connector.attach(server.accept(), new ConnectionHandler() {

				@Override
				public void onMessage(Connection from, Message message) {
					from.write(message);
				}

				@Override
				public void onClose(Connection from) {
					SocketConnectorTests.this.heard.add("closed");
				}

			}, ClientOptions.DEFAULTS.framer(Framer.line()));

			ByteBuffer echo = ByteBuffer.allocate(6);
			while (echo.hasRemaining()) {
				assertThat(peer.read(echo)).isPositive();
			}
			peer.close();

			assertThat(new String(echo.array(), StandardCharsets.US_ASCII)).isEqualTo("early\n");
			assertThat(this.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aChannelThatIsNotConnectedIsNotAttached() throws IOException {
		try (SocketChannel idle = SocketChannel.open()) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.connector.attach(idle, new Recorder(), ClientOptions.DEFAULTS))
				.withMessageContaining("is not connected");
		}
	}

	@Test
	void whatIsWrittenBeforeTheConnectionIsOpenIsSent() throws IOException {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Connection client = this.connector.connect(URI.create("tcp://127.0.0.1:" + server.getLocalPort()),
					recorder);
			assertThat(client.write("hel")).isTrue();
			assertThat(client.write("lo")).isTrue();

			try (Socket accepted = server.accept()) {
				assertThat(accepted.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
				accepted.getOutputStream().write("hi".getBytes(StandardCharsets.UTF_8));
				expect(recorder, "open", "binary hi");
			}
			expect(recorder, "close PEER 0");
		}
	}

	@Test
	void aServerThatIsNotThereIsHeardOfInOnClose() throws IOException {
		Recorder recorder = new Recorder();
		int port = freePort();

		Connection client = this.connector.connect(URI.create("tcp://127.0.0.1:" + port), recorder);

		assertThat(recorder.events.next()).startsWith("close PEER 0 can't connect: ");
		assertThat(client.isOpen()).isFalse();
		assertThat(client.pending()).isEqualTo(-1);
		assertThat(this.sockets.connections.count()).isZero();
	}

	@Test
	void anUnknownHostIsHeardOfInOnClose() {
		Recorder recorder = new Recorder();

		this.connector.connect(URI.create("tcp://no-such-host.invalid:80"), recorder);

		expect(recorder, "close PEER 0 the host no-such-host.invalid is unknown");
	}

	@Test
	void aConnectionClosedBeforeItIsOpenSendsWhatWasWritten() throws IOException {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Connection client = this.connector.connect(URI.create("tcp://127.0.0.1:" + server.getLocalPort()),
					recorder);
			client.write("bye");
			client.close();

			try (Socket accepted = server.accept()) {
				assertThat(accepted.getInputStream().readAllBytes()).isEqualTo("bye".getBytes(StandardCharsets.UTF_8));
			}
			expect(recorder, "close LOCAL 0");
		}
	}

	@Test
	void aUnixSocketIsConnectedTo() {
		Recorder recorder = new Recorder();
		Path path = this.folder.resolve("app.sock");
		this.sockets.listen(Listener.on("unix:" + path, new Greeter()).framer(Framer.lengthPrefixed()));

		this.connector.connect(URI.create("unix:" + path), recorder,
				ClientOptions.DEFAULTS.framer(Framer.lengthPrefixed()));

		expect(recorder, "open", "binary hello");
	}

	@Test
	void aSilentServerFailsTheHandshakeInTime() throws IOException {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.connector.connect(URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/"), recorder,
					ClientOptions.DEFAULTS.handshakeTimeout(Duration.ofMillis(100)));

			expect(recorder, "close TIMEOUT 1006 the handshake took longer than 100 ms");
		}
	}

	@Test
	void aServerThatIsNoWebSocketServerIsHeardOf() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.connector.connect(URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/a?b=c"), recorder,
					ClientOptions.DEFAULTS.header("X-Token", "t").cookie("a", "1").cookie("b", "2"));
			try (Socket accepted = server.accept()) {
				String head = new String(accepted.getInputStream().readNBytes(20), StandardCharsets.US_ASCII);
				assertThat(head).startsWith("GET /a?b=c HTTP/1.1");
				accepted.getOutputStream()
					.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

				expect(recorder, "close PEER 1006 the server answered 403 Forbidden");
			}
		}
	}

	@Test
	void anEventStreamIsRead() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.connector.connect(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/events"), recorder);
			try (Socket accepted = server.accept()) {
				accepted.getOutputStream()
					.write(("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
							+ ": comment\n\ndata: one\ndata: two\nid: 7\n\r\ndata:three\r\n\r\n")
						.getBytes(StandardCharsets.US_ASCII));

				expect(recorder, "open", "text one\ntwo", "text three");
			}
			expect(recorder, "close PEER 0");
		}
	}

	@Test
	void aClientConnectsAgainWheneverItsServerIsBack() throws Exception {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		int port = freePort();
		ReconnectingClient client = client(port, events);
		client.start();
		assertThat(client.write("early")).isTrue();

		for (int i = 0; i < 5; i++) {
			ActiveListener server = this.sockets
				.listen(Listener.on("tcp://127.0.0.1:" + port, new Greeter()).framer(Framer.line()));
			awaitState(events, Client.State.CONNECTED);
			assertThat(client.connection()).isPresent();
			assertThat(client.write("round " + i)).isTrue();
			for (String expected : (i == 0) ? List.of("early", "round 0") : List.of("round " + i)) {
				assertThat(this.heard.take()).isEqualTo(expected);
			}
			server.stop();
			this.greeted.take().forceClose();
			awaitState(events, Client.State.WAITING);
		}

		client.stop();
		assertThat(client.state()).isEqualTo(Client.State.STOPPED);
		assertThat(client.write("late")).isFalse();
	}

	@Test
	void anErrorOfTheApplicationEndsNoAttempt() throws Exception {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		AtomicInteger attempts = new AtomicInteger();
		ReconnectingClient client = new ReconnectingClient("test", URI.create("tcp://127.0.0.1:" + freePort()), () -> {
			if (attempts.getAndIncrement() % 2 == 0) {
				throw new NoClassDefFoundError("expected by this test");
			}
			return ClientOptions.DEFAULTS;
		}, policy(), Recorder::new, this.connector, this.sockets.callbacks, this.sockets.connections.settings(),
				(event) -> {
					events.add(event.state().name());
					throw new AssertionError("expected by this test");
				});

		client.start();

		for (int i = 0; i < 5; i++) {
			awaitState(events, Client.State.WAITING);
		}
		client.stop();
	}

	@Test
	void anExecutorThatRejectsIsAskedAgain() throws Exception {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		AtomicInteger rejected = new AtomicInteger();
		ReconnectingClient client = new ReconnectingClient("test", URI.create("tcp://127.0.0.1:" + freePort()),
				() -> ClientOptions.DEFAULTS, policy(), Recorder::new, this.connector, (task) -> {
					if (rejected.incrementAndGet() < 5) {
						throw new RejectedExecutionException("expected by this test");
					}
					this.sockets.callbacks.execute(task);
				}, this.sockets.connections.settings(), (event) -> events.add(event.state().name()));

		client.start();

		awaitState(events, Client.State.WAITING);
		awaitState(events, Client.State.WAITING);
		assertThat(rejected).hasValueGreaterThanOrEqualTo(5);
		client.stop();
	}

	@Test
	void anEventStreamResumesBehindItsLastEvent() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ReconnectingClient client = eventClient(server, recorder);
			client.start();
			for (String request : List.of("", "Last-Event-ID: 7")) {
				try (Socket accepted = server.accept()) {
					assertThat(head(accepted)).contains(request);
					accepted.getOutputStream()
						.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry:1\ndata:x\nid:7\n\n"
							.getBytes(StandardCharsets.US_ASCII));
					expect(recorder, "open", "text x");
				}
				expect(recorder, "close PEER 0");
			}
			client.stop();
		}
	}

	@Test
	void anIdOfAnEventThatNoHeaderCanHoldKeepsNoClientAway() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ReconnectingClient client = eventClient(server, recorder);
			client.start();
			server.setSoTimeout(20_000);
			String utf8 = new String("ü€".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
			Map<String, String> sentBy = new LinkedHashMap<>();
			sentBy.put("1", "");
			sentBy.put("a\u000bb", "Last-Event-ID: 1");
			sentBy.put("\u0001", "");
			sentBy.put("  spaced", "");
			sentBy.put("x".repeat(20_000), "Last-Event-ID: spaced");
			sentBy.put(utf8, "");
			sentBy.put("2", "Last-Event-ID: " + utf8);
			for (Map.Entry<String, String> next : sentBy.entrySet()) {
				String expected = next.getValue();
				try (Socket accepted = server.accept()) {
					String head = head(accepted);
					assertThat(head).contains(expected);
					assertThat(head.contains("Last-Event-ID")).isEqualTo(!expected.isEmpty());
					accepted.getOutputStream()
						.write(("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry:1\ndata:x\nid:"
								+ next.getKey() + "\n\n")
							.getBytes(StandardCharsets.ISO_8859_1));
					expect(recorder, "open", "text x");
				}
				expect(recorder, "close PEER 0");
			}
			client.stop();
		}
	}

	@Test
	void interimResponsesComeBeforeTheAnswer() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.connector.connect(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"), recorder);
			try (Socket accepted = server.accept()) {
				head(accepted);
				accepted.getOutputStream()
					.write(("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
							+ "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata:x\n\n")
						.getBytes(StandardCharsets.US_ASCII));
				expect(recorder, "open", "text x");
			}
		}
	}

	@Test
	void aPipelineThatCantBeBuiltIsHeardOfInOnClose() throws Exception {
		Recorder recorder = new Recorder();
		SocketConnector broken = new SocketConnector(this.sockets.connections, new BrokenTls(), this.sockets.callbacks);
		broken.start(this.sockets.transport);

		broken.connect(URI.create("tls://127.0.0.1:" + freePort()), recorder);

		assertThat(recorder.events.next()).startsWith("close");
		broken.stop();
	}

	@Test
	void anExecutorThatFailsIsHeardOfInOnClose() throws Exception {
		Recorder recorder = new Recorder();
		SocketConnector failing = new SocketConnector(this.sockets.connections, this.sockets.tls, (task) -> {
			throw new NoClassDefFoundError("expected by this test");
		});
		failing.start(this.sockets.transport);

		failing.connect(URI.create("tcp://127.0.0.1:" + freePort()), recorder);

		assertThat(recorder.events.next()).startsWith("close SHUTDOWN");
		failing.stop();
	}

	/** Fails to create the TLS handler of a client. */
	private static final class BrokenTls extends SocketFixture.NoTls {

		@Override
		public Client client(Optional<String> bundle) {
			return (channel, host, port) -> {
				throw new NoClassDefFoundError("expected by this test");
			};
		}

	}

	@Test
	void datagramsGoThereAndBack() throws Exception {
		Recorder recorder = new Recorder();
		BlockingQueue<Connection> peers = new LinkedBlockingQueue<>();
		ActiveListener echo = this.sockets.listen(Listener.on("udp://127.0.0.1:0", new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				peers.add(client);
			}

			@Override
			public void onMessage(Connection client, Message message) {
				client.write(message);
			}

		}));

		Connection client = this.connector.connect(URI.create("udp://127.0.0.1:" + echo.port()), recorder);
		client.write("one");
		client.write("x".repeat(9000));

		expect(recorder, "open", "binary one", "binary " + "x".repeat(9000));
		assertThat(echo.connections()).isOne();
		Connection peer = peers.take();
		assertThat(peer.remoteAddress()).isEqualTo(client.localAddress());
		assertThatIllegalStateException().isThrownBy(() -> peer.framer(Framer.line()));
		client.close();
		expect(recorder, "close LOCAL 0");
		peer.close();
	}

	@Test
	void aUdpPeerThatIsIdleIsForgotten() throws Exception {
		Recorder recorder = new Recorder();
		ActiveListener listener = this.sockets
			.listen(Listener.on("udp://127.0.0.1:0", recorder).timeout(Duration.ofMillis(50)));
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.send(new DatagramPacket(new byte[] { 'a' }, 1, InetAddress.getLoopbackAddress(), listener.port()));

			expect(recorder, "open", "binary a", "close LOCAL 0");
		}
	}

	@Test
	void aProxyIsAskedToConnect() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Connection client = this.connector.connect(URI.create("tcp://far.example:7000"), recorder,
					ClientOptions.DEFAULTS
						.proxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort())));
			client.write("hello");
			try (Socket accepted = proxy.accept()) {
				assertThat(head(accepted)).startsWith("CONNECT far.example:7000 HTTP/1.1");
				accepted.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				assertThat(accepted.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
				expect(recorder, "open");
			}
			expect(recorder, "close PEER 0");
		}
	}

	@Test
	void aProxyThatRefusesIsHeardOf() throws Exception {
		Recorder recorder = new Recorder();
		try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.connector.connect(URI.create("tcp://far.example:7000"), recorder, ClientOptions.DEFAULTS
				.proxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort())));
			try (Socket accepted = proxy.accept()) {
				head(accepted);
				accepted.getOutputStream()
					.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

				assertThat(recorder.events.next()).startsWith("close PEER 0 ").contains("403");
			}
		}
	}

	@Test
	void urlsThatAreNoneAreRefused() {
		Stream
			.of("ftp://host/", "tcp://host", "tcp://host:70000", "ws:///path", "ws://user@host/", "unix:",
					"tcp://h:1/p")
			.forEach((url) -> assertThatIllegalArgumentException().as(url)
				.isThrownBy(() -> this.connector.connect(URI.create(url), new Recorder())));
		assertThatIllegalArgumentException().isThrownBy(() -> this.connector.connect(URI.create("tcp://host:1"),
				new Recorder(), ClientOptions.DEFAULTS.header("a", "b")));
		assertThatIllegalArgumentException().isThrownBy(() -> ClientOptions.DEFAULTS.header("a", "b\r\nc: d"));
	}

	@Test
	void absurdOptionsAreRefused() {
		ClientOptions options = ClientOptions.DEFAULTS;
		Stream.of(Duration.ofNanos(1), Duration.ofDays(25), Duration.ofSeconds(Long.MAX_VALUE)).forEach((time) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> options.connectTimeout(time));
			assertThatIllegalArgumentException().isThrownBy(() -> options.handshakeTimeout(time));
			assertThatIllegalArgumentException().isThrownBy(() -> options.pingTimeout(time));
		});
		Stream.of("a\u000bb", "\u0001", "\u007f")
			.forEach((value) -> assertThatIllegalArgumentException().isThrownBy(() -> options.header("X", value)));
		assertThat(options.header("X", " \ta\t ").headers()).containsEntry("X", List.of("a"));
		assertThatIllegalArgumentException().isThrownBy(() -> options.subprotocols("a, b"));
		assertThatIllegalArgumentException().isThrownBy(() -> options.subprotocols(""));
	}

	private ReconnectingClient client(int port, BlockingQueue<String> events) {
		return new ReconnectingClient("test", URI.create("tcp://127.0.0.1:" + port),
				() -> ClientOptions.DEFAULTS.framer(Framer.line()), policy(), Recorder::new, this.connector,
				this.sockets.callbacks, this.sockets.connections.settings(),
				(ClientEvent event) -> events.add(event.state().name()));
	}

	private static ReconnectPolicy policy() {
		return new ReconnectPolicy(true, Duration.ofMillis(1), Duration.ofMillis(20));
	}

	/** A client of event streams that connects again at once. */
	private ReconnectingClient eventClient(ServerSocket server, Recorder recorder) {
		return new ReconnectingClient("events", URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"),
				() -> ClientOptions.DEFAULTS, policy(), () -> recorder, this.connector, this.sockets.callbacks,
				this.sockets.connections.settings(), (event) -> {
				});
	}

	private static void awaitState(BlockingQueue<String> events, Client.State state) throws InterruptedException {
		String event;
		do {
			event = events.poll(30, TimeUnit.SECONDS);
			assertThat(event).isNotNull();
		}
		while (!state.name().equals(event));
	}

	private static String head(Socket socket) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			head.append((char) socket.getInputStream().read());
		}
		return head.toString();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void expect(Recorder recorder, String... events) {
		for (String event : events) {
			assertThat(recorder.events.next()).isEqualTo(event);
		}
	}

	/** Greets, and listens. */
	private final class Greeter implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			SocketConnectorTests.this.greeted.add(client);
			client.write("hello");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			SocketConnectorTests.this.heard.add(message.asText());
		}

	}

}
