package io.iodine.servlet;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Every kind of connection on Tomcat's own port. */
class ServletTransportTests {

	@AutoClose
	private static final TestServer server = TestServer.start(List.of(), "test.server=tomcat");

	@Test
	void aWebSocketEchoes() {
		try (WebSocketPeer client = WebSocketPeer.connect(server, server.serve(new Echo()))) {
			client.send("hello");

			assertThat(client.next()).isEqualTo("text hello");
		}
	}

	@Test
	void framesSentWithTheHandshakeAreRead() {
		try (RawPeer peer = new RawPeer(server.port())) {
			byte[] frame = RawPeer.frame(0x81, "early".getBytes(StandardCharsets.UTF_8));
			peer.send("GET " + server.serve(new Echo()) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
					+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
					+ new String(frame, StandardCharsets.ISO_8859_1));
			peer.expect(101);

			assertThat(peer.frame()).hasToString("text early");
		}
	}

	@Test
	void anEventStreamFollowsItsChannel() {
		String path = server.serve(new ConnectionHandler() {
			@Override
			public void onOpen(Connection client) {
				client.write("opened");
			}
		});

		try (RawPeer peer = RawPeer.eventStream(server, path)) {
			assertThat(peer.event()).isEqualTo("data: opened\n\n");
		}
	}

	/** Writes back what it gets. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
