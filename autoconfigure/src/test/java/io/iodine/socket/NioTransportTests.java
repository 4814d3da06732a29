package io.iodine.socket;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.Recorder;
import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners and clients on the transport that every platform has.
 */
@Timeout(60)
class NioTransportTests {

	@TempDir
	Path folder;

	private final SocketFixture sockets = new SocketFixture(SocketTransport
		.sharing(new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory()), NioServerSocketChannel.class)
		.orElseThrow());

	@AfterEach
	void close() {
		this.sockets.close();
	}

	@Test
	void bytesComeBackOverTcp() throws IOException {
		ActiveListener echo = this.sockets.listen(Listener.on("tcp://127.0.0.1:0", new Echo()).reusePort(true));

		try (SocketPeer peer = SocketPeer.tcp(echo.port())) {
			assertThat(peer.send("hello").endOutput().readAll()).isEqualTo("hello");
		}
	}

	@Test
	void bytesComeBackOverAUnixSocket() throws IOException {
		Path path = this.folder.resolve("app.sock");
		ActiveListener echo = this.sockets.listen(Listener.on("unix:" + path, new Echo()).permissions("rw-------"));
		Recorder recorder = new Recorder();
		SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
				this.sockets.callbacks);
		connector.start(this.sockets.transport);

		try (SocketPeer peer = SocketPeer.unix(path)) {
			// without endOutput: Netty's NIO channel closes a Unix socket at a half-close
			assertThat(peer.send("hello").read(5)).isEqualTo("hello");
		}
		Connection client = connector.connect(URI.create("unix:" + path), recorder);
		client.write("hi");
		assertThat(recorder.events.next()).isEqualTo("open");
		assertThat(recorder.events.next()).isEqualTo("binary hi");
		client.close();
		echo.stop();
		assertThat(path).doesNotExist();
	}

	@Test
	void datagramsComeBack() throws IOException {
		ActiveListener echo = this.sockets.listen(Listener.on("udp://127.0.0.1:0", new Echo()));

		try (DatagramSocket socket = new DatagramSocket()) {
			socket.setSoTimeout(30_000);
			socket.send(new DatagramPacket(new byte[] { 'a', 'b' }, 2, InetAddress.getLoopbackAddress(), echo.port()));
			DatagramPacket back = new DatagramPacket(new byte[10], 10);
			socket.receive(back);

			assertThat(back.getLength()).isEqualTo(2);
		}
	}

	/** Sends back what comes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
