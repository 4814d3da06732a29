package io.iodine.socket;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.net.ClientOptions;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests of file descriptors that were connected elsewhere. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class AttachedDescriptorTests {

	@TempDir
	Path folder;

	private final SocketFixture sockets = new SocketFixture();

	private final SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
			this.sockets.callbacks);

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@BeforeEach
	void start() {
		Epoll.ensureAvailability();
		this.connector.start(this.sockets.transport);
	}

	@AfterEach
	void close() {
		this.connector.stop();
		this.sockets.close();
	}

	@Test
	void aDescriptorThatWasAcceptedIsTakenOver() throws Exception {
		Socket server = listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		try (SocketPeer peer = SocketPeer.tcp(server.localAddress().getPort())) {
			echo(server.accept(new byte[26]), peer);
		}
		finally {
			server.close();
		}
	}

	@Test
	void aDescriptorOfAUnixSocketIsTakenOver() throws Exception {
		Path path = this.folder.resolve("peer");
		Socket server = listening(new DomainSocketAddress(path.toString()));
		try (SocketPeer peer = SocketPeer.unix(path)) {
			echo(server.accept(new byte[26]), peer);
		}
		finally {
			server.close();
		}
	}

	@Test
	void whatIsNoConnectedStreamIsRefusedAndStaysOpen() throws IOException {
		Socket server = listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		Socket datagrams = Socket.newSocketDomainDgram();
		Socket idle = Socket.newSocketDomain();
		Socket idleTcp = Socket.newSocketStream();
		Path file = this.folder.resolve("file");
		try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
			opened.write(1);
			refused(descriptor(file), "is no socket, but " + file);
			refused(server.intValue(), "listens. A listener takes it");
			refused(datagrams.intValue(), "is no stream of TCP or of a Unix socket");
			refused(idle.intValue(), "is not connected");
			refused(idleTcp.intValue(), "is not connected");
			refused(-1, "is not open in this process");
			refused(1_000_000, "is not open in this process");

			opened.write(2);
			for (Socket socket : new Socket[] { server, datagrams, idle, idleTcp }) {
				assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + socket.intValue())).toString())
					.startsWith("socket:");
			}
		}
		finally {
			server.close();
			datagrams.close();
			idle.close();
			idleTcp.close();
		}
	}

	@Test
	void withoutEpollADescriptorIsRefusedWithARemedy() {
		SocketTransport nio = SocketTransport
			.sharing(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()), NioServerSocketChannel.class)
			.orElseThrow();
		this.connector.start(nio);

		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.connector.attach(3, new Recorder(), ClientOptions.DEFAULTS))
			.withMessageContaining("Attach a SocketChannel instead");
		nio.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	private static Socket listening(SocketAddress address) throws IOException {
		Socket socket = (address instanceof DomainSocketAddress) ? Socket.newSocketDomain() : Socket.newSocketStream();
		socket.bind(address);
		socket.listen(8);
		return socket;
	}

	/** The descriptor by which this process has a file open. */
	private static int descriptor(Path file) throws IOException {
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
			for (Path descriptor : descriptors) {
				if (Files.isSymbolicLink(descriptor) && Files.readSymbolicLink(descriptor).equals(file.toRealPath())) {
					return Integer.parseInt(descriptor.getFileName().toString());
				}
			}
		}
		throw new IllegalStateException(file + " is not open");
	}

	private void refused(int descriptor, String reason) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.connector.attach(descriptor, new Recorder(), ClientOptions.DEFAULTS))
			.withMessageContaining("the descriptor " + descriptor + " " + reason);
	}

	private void echo(int descriptor, SocketPeer peer) throws Exception {
		peer.send("early\n");
		Connection client = this.connector.attach(descriptor, new Recorder(),
				ClientOptions.DEFAULTS.framer(Framer.line()));

		assertThat(peer.read(6)).isEqualTo("early\n");
		String large = "x".repeat(40_000) + "\n";
		for (int i = 0; i < 20; i++) {
			assertThat(peer.send(large).read(large.length())).isEqualTo(large);
		}
		peer.close();

		assertThat(this.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
		assertThat(client.isOpen()).isFalse();
	}

	/** Echoes. */
	private final class Recorder implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

		@Override
		public void onClose(Connection client) {
			AttachedDescriptorTests.this.heard.add("closed");
		}

	}

}
