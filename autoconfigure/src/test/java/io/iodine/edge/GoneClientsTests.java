package io.iodine.edge;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that reset their connections at any moment are nobody's concern. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class GoneClientsTests {

	private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
			+ "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

	/** From before the server has read anything until after it has begun to answer. */
	private static final List<Duration> MOMENTS = List.of(Duration.ZERO, Duration.ofNanos(200_000),
			Duration.ofMillis(1), Duration.ofMillis(3), Duration.ofMillis(10), Duration.ofMillis(50));

	@Test
	void nothingIsLoggedAboveDebug(CapturedOutput output, @TempDir Path folder) throws Exception {
		try (RandomAccessFile file = new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
			file.setLength(32L << 20);
		}
		try (TestServer server = TestServer.start("server.http2.enabled=true", "logging.level.root=info",
				"iodine.static.root=" + folder, "iodine.compression.enabled=true")) {
			String path = server.serve(new Talkative());

			for (int round = 0; round < 2; round++) {
				for (Duration moment : MOMENTS) {
					leave(server, moment, "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + UPGRADE);
					leave(server, moment, "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + UPGRADE + "\r\n");
					leave(server, moment, "GET " + path + " HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
					leave(server, moment, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
					leave(server, moment, "GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=100-\r\n\r\n");
					leave(server, moment, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
					leaveWebSocket(server, path, moment);
					leaveHttp2(server, "/large", moment);
					leaveHttp2(server, path, moment, "accept", "text/event-stream");
				}
			}
			try (RawPeer still = new RawPeer(server.port())) {
				still.get("/none").expect(404);
			}
		}

		assertThat(output.getAll().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")))
			.isEmpty();
	}

	private static void leave(TestServer server, Duration after, String octets) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			OutputStream out = socket.getOutputStream();
			out.write(octets.getBytes(StandardCharsets.US_ASCII));
			LockSupport.parkNanos(after.toNanos());
			socket.setSoLinger(true, 0);
		}
	}

	private static void leaveWebSocket(TestServer server, String path, Duration after) throws IOException {
		try (RawPeer peer = RawPeer.webSocket(server, path)) {
			peer.text("talk").text("talk");
			LockSupport.parkNanos(after.toNanos());
			peer.socket().setSoLinger(true, 0);
		}
	}

	private static void leaveHttp2(TestServer server, String path, Duration after, String... headers) {
		try (RawHttp2 client = new RawHttp2(server.port()).begin(1 << 20).get(1, path, headers)) {
			LockSupport.parkNanos(after.toNanos());
			client.reset();
		}
	}

	/** Writes more than a socket takes. */
	private static final class Talkative implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			for (int i = 0; i < 50; i++) {
				client.write("a".repeat(10_000));
			}
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
