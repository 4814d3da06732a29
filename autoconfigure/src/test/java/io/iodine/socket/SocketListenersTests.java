package io.iodine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.RecordedLog;
import io.iodine.connection.Recorder;
import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.netty.channel.unix.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketListeners}.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class SocketListenersTests {

	private static final int SOL_SOCKET = 1;

	private static final int SO_REUSEADDR = 2;

	private static final int SO_REUSEPORT = 15;

	private static final int SO_ACCEPTCONN = 30;

	private static final int IPPROTO_TCP = 6;

	private static final int TCP_NODELAY = 1;

	private static final int TCP_FASTOPEN = 23;

	private static final String ANY_PORT = "tcp://127.0.0.1:0";

	@TempDir
	Path folder;

	private final SocketFixture sockets = new SocketFixture();

	@AfterEach
	void close() {
		this.sockets.close();
	}

	@Test
	void bytesComeBackFromAnEcho() throws IOException {
		ActiveListener echo = this.sockets.listen(Listener.on(ANY_PORT, new Echo()));

		try (SocketPeer peer = SocketPeer.tcp(echo.port())) {
			assertThat(peer.send("hello").read(5)).isEqualTo("hello");
			assertThat(echo.connections()).isOne();
		}
	}

	@Test
	void aPeerThatHasEndedItsOutputStillGetsAnswers() throws IOException {
		ActiveListener echo = this.sockets.listen(Listener.on(ANY_PORT, new Echo()));

		try (SocketPeer peer = SocketPeer.tcp(echo.port())) {
			assertThat(peer.send("hello").endOutput().readAll()).isEqualTo("hello");
		}
	}

	@Test
	void linesAreMessages() throws IOException {
		Recorder recorder = new Recorder();
		ActiveListener lines = this.sockets.listen(Listener.on(ANY_PORT, recorder).framer(Framer.line()));

		try (SocketPeer peer = SocketPeer.tcp(lines.port())) {
			peer.send("one\r\nt").send("wo\n\n").endOutput();
			expect(recorder, "open", "text one", "text two", "text ");
			expect(recorder, "close PEER 0");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void lengthsStandBeforeMessages(boolean nonBlocking) throws IOException {
		ActiveListener echo = this.sockets
			.listen(Listener.on(ANY_PORT, new Echo()).framer(Framer.lengthPrefixed()).nonBlocking(nonBlocking));
		byte[] message = ByteBuffer.allocate(8 + 3)
			.order(ByteOrder.LITTLE_ENDIAN)
			.putLong(3)
			.put("abc".getBytes(StandardCharsets.UTF_8))
			.array();

		try (SocketPeer peer = SocketPeer.tcp(echo.port())) {
			peer.send(message).send(new byte[8]).send(message);

			assertThat(peer.readBytes(11)).isEqualTo(message);
			assertThat(peer.readBytes(8)).isEqualTo(new byte[8]);
			assertThat(peer.readBytes(11)).isEqualTo(message);
		}
	}

	@Test
	void aMessageThatIsTooLongClosesItsConnectionOnly() throws IOException {
		Recorder recorder = new Recorder();
		ActiveListener listener = this.sockets
			.listen(Listener.on(ANY_PORT, recorder).framer(Framer.lengthPrefixed()).maxMessageSize(10));
		ActiveListener echo = this.sockets.listen(Listener.on(ANY_PORT, new Echo()));

		try (SocketPeer neighbour = SocketPeer.tcp(echo.port()); SocketPeer peer = SocketPeer.tcp(listener.port())) {
			neighbour.send("a").read(1);
			peer.send(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(11).array());

			assertThat(peer.readAll()).isEmpty();
			assertThat(neighbour.send("b").read(1)).isEqualTo("b");
		}
		expect(recorder, "open", "close PROTOCOL_ERROR 0 a message of 11 bytes is longer than 10 bytes");
	}

	@Test
	void aLengthThatOverflowsClosesItsConnection() throws IOException {
		Recorder recorder = new Recorder();
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, recorder).framer(Framer.lengthPrefixed()));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			peer.send(ByteBuffer.allocate(8).putLong(-1).array());
			assertThat(peer.readAll()).isEmpty();
		}
		expect(recorder, "open",
				"close PROTOCOL_ERROR 0 a message of 18446744073709551615 bytes is longer than 65536 bytes");
	}

	@Test
	void halfAMessageAtTheEndBreaksTheProtocol() throws IOException {
		Recorder recorder = new Recorder();
		ActiveListener lines = this.sockets.listen(Listener.on(ANY_PORT, recorder).framer(Framer.line()));

		try (SocketPeer peer = SocketPeer.tcp(lines.port())) {
			peer.send("whole\nhalf").endOutput();

			expect(recorder, "open", "text whole", "close PROTOCOL_ERROR 0 the peer ended within a message");
		}
	}

	@Test
	void aHandlerMayHandOver() throws IOException {
		ActiveListener login = this.sockets.listen(Listener.on(ANY_PORT, Login::new).framer(Framer.line()));

		try (SocketPeer peer = SocketPeer.tcp(login.port())) {
			assertThat(peer.read(6)).isEqualTo("name?\n");
			assertThat(peer.send("Eva\n").read(10)).isEqualTo("hello Eva\n");
			assertThat(peer.send("hi\n").read(8)).isEqualTo("Eva: hi\n");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theFramerMayBeChanged(boolean nonBlocking) throws IOException {
		ActiveListener listener = this.sockets
			.listen(Listener.on(ANY_PORT, new SwitchToLengths()).framer(Framer.line()).nonBlocking(nonBlocking));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			assertThat(peer.send("lengths\n").read(3)).isEqualTo("ok\n");
			assertThat(peer.send(new byte[] { 0, 2, 'a', '\n' }).readBytes(4))
				.isEqualTo(new byte[] { 0, 2, 'a', '\n' });
		}
	}

	@Test
	void onTheEventLoopTheFramerChangesRightAfterTheMessage() throws IOException {
		ActiveListener listener = this.sockets
			.listen(Listener.on(ANY_PORT, new SwitchToLengths()).framer(Framer.line()).nonBlocking(true));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			peer.send(new byte[] { 'l', 'e', 'n', 'g', 't', 'h', 's', '\n', 0, 2, 'a', '\n' });

			assertThat(peer.readBytes(7)).isEqualTo(new byte[] { 'o', 'k', '\n', 0, 2, 'a', '\n' });
		}
	}

	@Test
	@EnabledIf("hasIpv6")
	void theWildcardAddressIsThatOfBothFamilies() throws IOException {
		ActiveListener listener = this.sockets.listen(Listener.on("tcp://[::]:0", new Echo()));

		for (InetAddress loopback : List.of(InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }), ipv6())) {
			try (SocketPeer peer = SocketPeer.tcp(loopback, listener.port())) {
				assertThat(peer.send("a").read(1)).as(loopback.toString()).isEqualTo("a");
			}
		}
	}

	static boolean hasIpv6() {
		try (ServerSocket probe = new ServerSocket(0, 1, ipv6())) {
			return probe.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static InetAddress ipv6() throws IOException {
		byte[] loopback = new byte[16];
		loopback[15] = 1;
		return InetAddress.getByAddress(loopback);
	}

	@Test
	void anIdleConnectionIsClosed() throws IOException {
		Recorder recorder = new Recorder();
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, recorder).timeout(Duration.ofMillis(50)));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			assertThat(peer.readAll()).isEmpty();
		}
		expect(recorder, "open", "close LOCAL 0");
	}

	@Test
	void aShutdownReachesThePeer() throws IOException {
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, new Echo()));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			peer.send("a").read(1);
			this.sockets.callbacks.execute(this.sockets::drain);

			assertThat(peer.readAll()).isEqualTo("bye\n");
		}
	}

	@Test
	void subscribersOfAChannelHearItByTheirFramer() throws IOException {
		ConnectionHandler subscriber = new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.subscribe("news");
				client.write("ready");
			}

		};
		ActiveListener lines = this.sockets.listen(Listener.on(ANY_PORT, subscriber).framer(Framer.line()));
		ActiveListener lengths = this.sockets
			.listen(Listener.on(ANY_PORT, subscriber).framer(Framer.lengthPrefixed(2, ByteOrder.BIG_ENDIAN)));

		try (SocketPeer one = SocketPeer.tcp(lines.port()); SocketPeer other = SocketPeer.tcp(lengths.port())) {
			one.read(6);
			other.read(7);
			this.sockets.pubSub.publish("news", Message.text("n"));

			assertThat(one.read(2)).isEqualTo("n\n");
			assertThat(other.readBytes(3)).isEqualTo(new byte[] { 0, 1, 'n' });
		}
	}

	@Test
	void overTheLimitOfAListenerAConnectionIsClosed() throws IOException {
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, new Echo()).maxConnections(1));

		try (SocketPeer first = SocketPeer.tcp(listener.port())) {
			first.send("a").read(1);
			try (SocketPeer second = SocketPeer.tcp(listener.port())) {
				assertThat(second.readAll()).isEmpty();
			}
			assertThat(first.send("b").read(1)).isEqualTo("b");
		}
	}

	@Test
	void aHandlerThatCannotBeMadeClosesItsConnection() throws IOException {
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, () -> {
			throw new IllegalStateException("on purpose");
		}));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			assertThat(peer.readAll()).isEmpty();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void optionsOfAListenerAreThoseOfItsSockets(CapturedOutput output) throws Exception {
		boolean fastOpen = this.sockets.transport.isFastOpenAvailable();
		ActiveListener listener = this.sockets.listen(
				Listener.on("tcp://127.0.0.1:0", new Echo()).backlog(17).noDelay(false).reusePort(true).fastOpen(5));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			assertThat(peer.send("x").read(1)).isEqualTo("x");
			Map<Boolean, Socket> sockets = ofThisProcess(listener.port());

			Socket listening = Objects.requireNonNull(sockets.get(true));
			Socket taken = Objects.requireNonNull(sockets.get(false));
			assertThat(listening.getIntOpt(SOL_SOCKET, SO_REUSEADDR)).isOne();
			assertThat(listening.getIntOpt(SOL_SOCKET, SO_REUSEPORT)).isOne();
			assertThat(listening.getIntOpt(IPPROTO_TCP, TCP_FASTOPEN)).isEqualTo(fastOpen ? 5 : 0);
			assertThat(taken.getIntOpt(IPPROTO_TCP, TCP_NODELAY)).isZero();
		}
		assertThat(output.getAll().contains("is without TCP fast open")).isEqualTo(!fastOpen);
		String address = "tcp://127.0.0.1:" + listener.port();
		this.sockets.listen(Listener.on(address, new Echo()).name("another").reusePort(true)).stop();
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> this.sockets.listen(Listener.on(address, new Echo()).name("alone")));
	}

	/** Finds the sockets of a port among the descriptors: whether it listens. */
	private static Map<Boolean, Socket> ofThisProcess(int port) throws IOException {
		Map<Boolean, Socket> sockets = new HashMap<>();
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
			for (Path descriptor : descriptors) {
				if (Files.isSymbolicLink(descriptor)
						&& Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
					Socket socket = new Socket(Integer.parseInt(descriptor.getFileName().toString()));
					InetSocketAddress local = socket.localAddress();
					if (local != null && local.getPort() == port) {
						sockets.put(socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) != 0, socket);
					}
				}
			}
		}
		return sockets;
	}

	@Test
	void anObserverThatFailsKeepsNoListenerFromListeningOrStopping() throws IOException {
		ListenerObserver failing = new ListenerObserver() {

			@Override
			public void listens(ActiveListener listener) {
				throw new IllegalStateException("expected by this test");
			}

			@Override
			public void stopped(ActiveListener listener) {
				throw new IllegalStateException("expected by this test");
			}

		};
		SocketListeners listeners = new SocketListeners(this.sockets.connections, this.sockets.tls,
				PreopenedSockets.NONE, failing);
		listeners.start(this.sockets.transport);

		try (RecordedLog log = new RecordedLog(SocketListeners.class)) {
			ActiveListener listener = listeners.add(Listener.on(ANY_PORT, new Echo()).name("observed"));
			try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
				assertThat(peer.send("a").read(1)).isEqualTo("a");
			}
			assertThat(listeners.active()).containsExactly(listener);
			listeners.stop();

			assertThat(listeners.active()).isEmpty();
			assertThat(log.lines()).filteredOn((line) -> line.startsWith("ERROR"))
				.containsExactly("ERROR An observer of listeners failed", "ERROR An observer of listeners failed");
		}
	}

	@Test
	void aStoppedListenerTakesNoMoreAndLeavesWhatIsOpen() throws IOException {
		ActiveListener listener = this.sockets.listen(Listener.on(ANY_PORT, new Echo()).name("echo"));

		try (SocketPeer peer = SocketPeer.tcp(listener.port())) {
			peer.send("a").read(1);
			listener.stop();

			assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketPeer.tcp(listener.port()));
			assertThat(this.sockets.listeners.find("echo")).isEmpty();
			assertThat(peer.send("b").read(1)).isEqualTo("b");
		}
	}

	@Test
	void aPortInUseIsNamed() {
		ActiveListener first = this.sockets.listen(Listener.on(ANY_PORT, new Echo()));

		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(
				() -> this.sockets.listen(Listener.on("tcp://127.0.0.1:" + first.port(), new Echo()).name("second")))
			.withMessageContaining("second")
			.withMessageContaining(":" + first.port());
	}

	@Test
	void twoOfOneNameAreRefused() {
		this.sockets.listen(Listener.on(ANY_PORT, new Echo()).name("echo"));

		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.sockets.listen(Listener.on(ANY_PORT, new Echo()).name("echo")))
			.withMessageContaining("echo");
	}

	@ParameterizedTest
	@MethodSource
	void anOptionThatIsNotForTheUrlIsRefused(Listener listener, String option) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.sockets.listen(listener))
			.withMessageContaining(option)
			.withMessageContaining(listener.url());
	}

	static Stream<Arguments> anOptionThatIsNotForTheUrlIsRefused() {
		Listener tcp = Listener.on(ANY_PORT, new Echo());
		Listener udp = Listener.on("udp://127.0.0.1:0", new Echo());
		Listener unix = Listener.on("unix:/tmp/never.sock", new Echo());
		return Stream.of(Arguments.of(tcp.tls("keys"), "tls"), Arguments.of(tcp.clientCertificate(true), "clientCert"),
				Arguments.of(tcp.sni("host", "keys"), "sni"), Arguments.of(tcp.alpn("mine"), "alpn"),
				Arguments.of(udp.tls("keys"), "tls"), Arguments.of(unix.alpn("mine"), "alpn"),
				Arguments.of(tcp.permissions("rw-rw----"), "permissions"),
				Arguments.of(unix.reusePort(true), "reusePort"), Arguments.of(unix.noDelay(false), "noDelay"),
				Arguments.of(udp.fastOpen(1), "fastOpen"), Arguments.of(udp.backlog(5), "backlog"));
	}

	@Test
	void absurdOptionsAreRefused() {
		Listener tcp = Listener.on(ANY_PORT, new Echo());

		assertThatIllegalArgumentException().isThrownBy(() -> tcp.fastOpen(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> tcp.handshakeTimeout(Duration.ofNanos(1)));
		assertThatIllegalArgumentException().isThrownBy(() -> tcp.handshakeTimeout(Duration.ofDays(25)));
	}

	@Test
	void nothingListensBeforeTheStart() {
		this.sockets.listeners.stop();

		assertThatIllegalStateException().isThrownBy(() -> this.sockets.listen(Listener.on(ANY_PORT, new Echo())));
	}

	@Test
	void aUnixSocketEchoesAndIsDeletedAtTheEnd() throws IOException {
		Path path = this.folder.resolve("app.sock");
		ActiveListener listener = this.sockets.listen(Listener.on("unix:" + path, new Echo()).permissions("rw-rw----"));

		try (SocketPeer peer = SocketPeer.unix(path)) {
			assertThat(peer.send("hello").endOutput().readAll()).isEqualTo("hello");
		}
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-rw----");
		assertThat(listener.port()).isEqualTo(-1);
		listener.stop();
		assertThat(path).doesNotExist();
	}

	@Test
	void aSocketOnWhichNothingAnswersIsReplaced() throws IOException {
		Path path = this.folder.resolve("app.sock");
		try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			dead.bind(UnixDomainSocketAddress.of(path));
		}

		this.sockets.listen(Listener.on("unix:" + path, new Echo()));

		try (SocketPeer peer = SocketPeer.unix(path)) {
			assertThat(peer.send("hello").read(5)).isEqualTo("hello");
		}
	}

	@Test
	void aSocketOnWhichAnotherAnswersStays() throws IOException {
		Path path = this.folder.resolve("app.sock");
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));

			assertThatExceptionOfType(UncheckedIOException.class)
				.isThrownBy(() -> this.sockets.listen(Listener.on("unix:" + path, new Echo())))
				.withMessageContaining("another process listens");
			assertThat(path).exists();
		}
	}

	@Test
	void aFileThatIsNoSocketStays() throws IOException {
		Path path = Files.writeString(this.folder.resolve("notes.txt"), "keep");

		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> this.sockets.listen(Listener.on("unix:" + path, new Echo())))
			.withMessageContaining("no socket");
		assertThat(path).hasContent("keep");
	}

	private static void expect(Recorder recorder, String... events) {
		for (String event : events) {
			assertThat(recorder.events.next()).isEqualTo(event);
		}
	}

	/** Sends back what comes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

		@Override
		public void onShutdown(Connection client) {
			client.write("bye\n");
		}

	}

	/** Asks for a name, and hands over. */
	private static final class Login implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write("name?");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.handler(new Chat(message.asText()));
		}

	}

	/** Greets, and repeats. */
	private static final class Chat implements ConnectionHandler {

		private final String name;

		Chat(String name) {
			this.name = name;
		}

		@Override
		public void onOpen(Connection client) {
			client.write("hello " + this.name);
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(this.name + ": " + message.asText());
		}

	}

	/** Echoes, by lengths once it was asked to. */
	private static final class SwitchToLengths implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			if (message.asText().equals("lengths")) {
				client.framer(Framer.lengthPrefixed(2, ByteOrder.BIG_ENDIAN), Message.text("ok"));
			}
			else {
				client.write(message);
			}
		}

	}

}
