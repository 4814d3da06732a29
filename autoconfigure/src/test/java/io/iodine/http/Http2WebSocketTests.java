package io.iodine.http;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of WebSockets on streams of HTTP/2 (RFC 8441), without TLS.
 */
class Http2WebSocketTests {

	@AutoClose
	private static TestServer server;

	private final Recorder recorder = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			client.write(message);
		}

		@Override
		public void onDrained(Connection client) {
			this.events.add("drained");
		}

	};

	@AutoClose
	private Http2Peer peer;

	@BeforeAll
	static void start() {
		server = TestServer.start("server.http2.enabled=true", "iodine.compression.enabled=true",
				"iodine.compression.min-size=16B", "iodine.close-timeout=60s",
				"server.max-http-request-header-size=20KB", "iodine.http.max-body-size=1KB",
				"iodine.http.body-timeout=100ms", "iodine.http.write-timeout=100ms",
				"iodine.http.max-concurrent-streams=50");
	}

	@BeforeEach
	void connect() {
		this.peer = new Http2Peer(server.port(), 65_535);
	}

	@Test
	void theServerSaysThatItTakesWebSockets() {
		assertThat(this.peer.settings().connectProtocolEnabled()).isTrue();
		assertThat(this.peer.settings().maxHeaderListSize()).as("set by Boot, and kept").isEqualTo(20 * 1024);
		assertThat(this.peer.settings().maxConcurrentStreams()).isEqualTo(50);
	}

	@Test
	void aWebSocketIsNoBodyWithASizeAndADeadline() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));
		byte[] large = new byte[1000];
		Arrays.fill(large, (byte) 'a');
		stream.send(RawPeer.frame(0x81, large));
		assertThat(stream.frame()).hasSize("text ".length() + 1000);

		LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
		stream.send(RawPeer.frame(0x81, large));

		assertThat(stream.frame()).hasSize("text ".length() + 1000);
	}

	@Test
	void aStreamBecomesAWebSocket() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));

		stream.send(RawPeer.frame(0x81, (byte) 'a'));

		assertThat(stream.head().status()).hasToString("200");
		assertThat(stream.head().contains("sec-websocket-accept")).isFalse();
		assertThat(stream.head().contains("content-type")).isFalse();
		assertThat(stream.frame()).isEqualTo("text a");
	}

	@Test
	void theHandlerSeesTheHandshakeOfAnyWebSocket() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder) + "?name=ada", "cookie", "a=b", "origin",
				"http://127.0.0.1:" + server.port());

		Connection client = this.recorder.client();

		assertThat(stream.head().status()).hasToString("200");
		assertThat(client.request()).hasValueSatisfying((request) -> {
			assertThat(request.queryParam("name")).hasValue("ada");
			assertThat(request.cookie("a")).hasValue("b");
			assertThat(request.uri()).hasScheme("http").hasPort(server.port());
			assertThat(request.remoteAddress()).isPresent();
		});
	}

	@Test
	void theServerClosesInOrder() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));

		this.recorder.client().write("last words");
		this.recorder.client().close(4000, "done");

		assertThat(stream.frame()).isEqualTo("text last words");
		assertThat(stream.frame()).isEqualTo("close 4000");
		stream.send(RawPeer.closeFrame(4000, ""));
		assertThat(stream.lastWord()).isEqualTo("end");
		stream.end();
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 4000 done");
	}

	@Test
	void theClientClosesInOrder() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));

		stream.send(RawPeer.closeFrame(4001, "bye"));

		assertThat(stream.frame()).isEqualTo("close 4001");
		assertThat(stream.lastWord()).isEqualTo("end");
		stream.end();
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 4001 bye");
	}

	@Test
	void theClientMayEndItsStreamWithItsCloseFrame() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));

		stream.send(RawPeer.closeFrame(4001, "bye")).end();

		assertThat(stream.frame()).isEqualTo("close 4001");
		assertThat(stream.lastWord()).isEqualTo("end");
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 4001 bye");
	}

	@Test
	void aClientThatResetsItsStreamIsGone() {
		Http2Peer.Stream stream = open(server.serve(this.recorder));
		assertThat(this.recorder.client().isOpen()).isTrue();

		stream.reset();

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 1006");
	}

	@Test
	void aClientThatEndsItsStreamWithoutAWordIsGone() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));
		assertThat(this.recorder.client().isOpen()).isTrue();

		stream.end();

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 1006");
		assertThat(stream.lastWord()).isEqualTo("reset 8");
	}

	@Test
	void aConnectionThatIsLostTakesItsStreamsAlong() {
		try (Http2Peer lost = new Http2Peer(server.port(), 65_535)) {
			lost.connect("websocket", server.serve(this.recorder), Map.of());
			assertThat(this.recorder.client().isOpen()).isTrue();
		}

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 1006");
	}

	@Test
	void aViolationClosesWithItsCode() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder));

		stream.send(new byte[] { (byte) 0x81, 0x01, 'a' });

		assertThat(stream.frame()).isEqualTo("close 1002");
		assertThat(stream.lastWord()).isEqualTo("end");
	}

	@Test
	void streamsAreConnectionsOfTheirOwn() throws Exception {
		Recorder other = new Recorder();
		Http2Peer.Stream first = open(server.serve(this.recorder));
		Http2Peer.Stream second = open(server.serve(other));

		other.client().close();
		this.recorder.client().write("still here");

		assertThat(second.frame()).isEqualTo("close 1000");
		assertThat(first.frame()).isEqualTo("text still here");
	}

	@Test
	void aStreamThatIsNotReadFillsTheOutboxAndStallsNoOther() throws Exception {
		Recorder other = new Recorder();
		try (Http2Peer narrow = new Http2Peer(server.port(), 16_384)) {
			Http2Peer.Stream stalled = narrow.connect("websocket", server.serve(this.recorder), Map.of());
			Http2Peer.Stream lively = narrow.connect("websocket", server.serve(other), Map.of());
			Connection client = this.recorder.client();
			assertThat(stalled.head().status()).hasToString("200");
			stalled.stopReading();

			int written = 0;
			while (client.pending() < 100) {
				assertThat(client.write("x".repeat(1000) + written++)).isTrue();
				other.client().write("on " + written);
				assertThat(lively.frame()).isEqualTo("text on " + written);
			}
			stalled.readOn();

			for (int i = 0; i < written; i++) {
				assertThat(stalled.frame()).isEqualTo("text " + "x".repeat(1000) + i);
			}
			do {
				assertThat(this.recorder.events.nextOf("drained")).isEqualTo("drained");
			}
			while (client.pending() > 0);
		}
	}

	@Test
	void compressionIsAgreedOnAsAnywhere() throws Exception {
		Http2Peer.Stream stream = open(server.serve(this.recorder), "sec-websocket-extensions", "permessage-deflate");

		this.recorder.client().write("a".repeat(100));

		assertThat(stream.head().get("sec-websocket-extensions")).hasToString("permessage-deflate");
		assertThat(stream.frame()).startsWith("c1 of ");
	}

	@Test
	void anotherOriginIsRefused() throws Exception {
		Http2Peer.Stream stream = this.peer.connect("websocket", server.serve(this.recorder),
				Map.of("origin", "http://elsewhere.example"));

		assertThat(stream.head().status()).hasToString("403");
	}

	@Test
	void anotherVersionIsRefused() throws Exception {
		Http2Peer.Stream stream = this.peer.connect("websocket", server.serve(this.recorder),
				Map.of("sec-websocket-version", "12"));

		assertThat(stream.head().status()).hasToString("426");
	}

	@Test
	void aPathThatNobodyServesIsNotFound() throws Exception {
		Http2Peer.Stream stream = open("/nobody");

		assertThat(stream.head().status()).hasToString("404");
	}

	@Test
	void anotherProtocolIsRefusedAndTheConnectionGoesOn() throws Exception {
		Http2Peer.Stream other = this.peer.connect("connect-udp", server.serve(this.recorder), Map.of());

		assertThat(other.head().status().toString()).startsWith("4");
		assertThat(open(server.serve(this.recorder)).head().status()).hasToString("200");
	}

	private Http2Peer.Stream open(String path, String... headers) {
		Map<String, String> all = new HashMap<>();
		for (int i = 0; i < headers.length; i += 2) {
			all.put(headers[i], headers[i + 1]);
		}
		Http2Peer.Stream stream = this.peer.connect("websocket", path, all);
		stream.head();
		return stream;
	}

}
