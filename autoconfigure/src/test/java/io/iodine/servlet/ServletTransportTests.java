package io.iodine.servlet;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every kind of connection on the port of each servlet container. */
@ParameterizedClass
@ValueSource(strings = { "tomcat", "jetty" })
class ServletTransportTests {

	private static final Map<String, TestServer> SERVERS = new ConcurrentHashMap<>();

	private final TestServer server;

	private final Recorder recorder = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			client.write(message);
		}

	};

	ServletTransportTests(String container) {
		this.server = SERVERS.computeIfAbsent(container, (name) -> TestServer.start(List.of(), "test.server=" + name));
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(TestServer::close);
		SERVERS.clear();
	}

	@Test
	void aWebSocketEchoesMessagesOfAllSizes() {
		try (WebSocketPeer client = WebSocketPeer.connect(this.server, this.server.serve(this.recorder))) {
			for (int length : new int[] { 1, 125, 126, 65_536, 200_000 }) {
				client.send("x".repeat(length));

				assertThat(client.next()).hasSize("text ".length() + length);
			}
		}
		assertThat(this.recorder.events.nextOf("close")).startsWith("close PEER");
	}

	@Test
	void framesSentWithTheHandshakeAreRead() {
		try (RawPeer peer = new RawPeer(this.server.port())) {
			byte[] frame = RawPeer.frame(0x81, "early".getBytes(StandardCharsets.UTF_8));
			peer.send("GET " + this.server.serve(this.recorder) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
					+ "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
					+ new String(frame, StandardCharsets.ISO_8859_1));
			peer.expect(101);

			assertThat(peer.frame()).hasToString("text early");
		}
	}

	@Test
	void aRawConnectionEchoes() {
		try (RawPeer peer = RawPeer.raw(this.server, this.server.serve(this.recorder))) {
			peer.send("bytes");

			assertThat(peer.octets(5)).asString(StandardCharsets.US_ASCII).isEqualTo("bytes");
		}
	}

	@Test
	void anEventStreamFollowsItsChannelAndEnds() {
		String path = this.server.serve(new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.write("opened");
				client.close();
			}

		});

		try (RawPeer peer = RawPeer.eventStream(this.server, path)) {
			assertThat(peer.event()).isEqualTo("data: opened\n\n");
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(peer::event)
				.withMessageContaining("the stream has ended");
		}
	}

	@Test
	void anEventStreamSpeaksHttp10() {
		try (RawPeer peer = new RawPeer(this.server.port())) {
			peer.send("GET " + this.server.serve(this.recorder)
					+ " HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
			peer.expect(200);
			this.recorder.client().write("one");
			this.recorder.client().close();

			assertThat(peer.rest()).isEqualTo("data: one\n\n");
		}
	}

	@Test
	void aPeerThatResetsIsNoticed() {
		RawPeer peer = RawPeer.webSocket(this.server, this.server.serve(this.recorder));
		this.recorder.client();
		peer.close();

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 1006");
	}

}
