package io.iodine.connection;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.iodine.As;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.Protocol;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of server-sent events, as bytes and with curl.
 */
@SuppressWarnings("try") // some peers need only be there
@ExtendWith(OutputCaptureExtension.class)
@OnEachWebServer
class SseTests {

	@AutoClose
	private static TestServer server;

	private final Recorder recorder = new Recorder();

	@BeforeAll
	static void start() {
		server = TestServer.start();
	}

	@Test
	void theHeadIsFlushedBeforeAnythingIsWritten() {
		try (RawPeer peer = new RawPeer(server.port())) {
			RawPeer.Head head = peer.get(server.serve(this.recorder), "Accept: text/event-stream").expect(200);

			assertThat(head.header("content-type")).isEqualTo("text/event-stream");
			assertThat(head.header("cache-control")).isEqualTo("no-cache");
			assertThat(head.header("x-accel-buffering")).isEqualTo("no");
			assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
			assertThat(this.recorder.client().protocol()).isEqualTo(Protocol.SSE);
		}
	}

	@Test
	void everyLineIsAFieldHoweverItEnds() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			this.recorder.client().write("a\nb\rc\r\nd\n\ne\n");

			assertThat(peer.event()).isEqualTo("data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n");
		}
	}

	@Test
	void anEmptyMessageIsAnEvent() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			this.recorder.client().write("");

			assertThat(peer.event()).isEqualTo("data: \n\n");
		}
	}

	@Test
	void idEventAndRetryAreFields() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			this.recorder.client().write(Message.text("x").id("7").event("news").retry(Duration.ofSeconds(2)));

			assertThat(peer.event()).isEqualTo("id: 7\nevent: news\nretry: 2000\ndata: x\n\n");
		}
	}

	@Test
	void aBinarySubscriptionIsRejectedWithAWarning(CapturedOutput output) {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			Connection client = this.recorder.client();

			assertThat(client.subscribe("binary", As.BINARY)).isFalse();
			assertThat(client.subscribePattern("binary*", As.BINARY)).isFalse();
			assertThat(client.subscribe("binary", As.TEXT)).isTrue();
			server.pubSub().publish("binary", "text");

			assertThat(peer.event()).isEqualTo("data: text\n\n");
			assertThat(output).containsOnlyOnce("can't be subscribed to 'binary' as binary")
				.doesNotContain("'binary*'");
		}
	}

	@Test
	void binaryTravelsWhenItIsText() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			Connection client = this.recorder.client();

			assertThat(client.write(new byte[] { (byte) 0xC0 })).isFalse();
			assertThat(client.write("plain".getBytes(StandardCharsets.UTF_8))).isTrue();

			assertThat(peer.event()).isEqualTo("data: plain\n\n");
			assertThat(client.isOpen()).isTrue();
		}
	}

	@Test
	void channelsAreFollowed() {
		Recorder follower = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.subscribe("sse");
				super.onOpen(client);
			}

		};
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(follower))) {
			follower.client();

			server.pubSub().publish("sse", Message.binary(new byte[] { (byte) 0xC0 }));
			server.pubSub().publish("sse", Message.text("one\ntwo").id("1"));
			server.pubSub().publish("sse", "three");

			assertThat(peer.event()).isEqualTo("id: 1\ndata: one\ndata: two\n\n");
			assertThat(peer.event()).isEqualTo("data: three\n\n");
		}
	}

	@Test
	void manyEventsKeepTheirOrderAndTheirChunks() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			Connection client = this.recorder.client();
			for (int i = 0; i < 500; i++) {
				client.write("x".repeat(i) + i);
			}

			for (int i = 0; i < 500; i++) {
				assertThat(peer.event()).isEqualTo("data: " + "x".repeat(i) + i + "\n\n");
			}
		}
	}

	@Test
	void theLastEventIdIsOnTheRequest() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.get(server.serve(this.recorder), "Accept: text/event-stream", "Last-Event-ID: 41").expect(200);

			assertThat(this.recorder.client().request().orElseThrow().lastEventId()).hasValue("41");
		}
	}

	@Test
	@DiffersOn(value = TestContainer.JETTY, by = Difference.STREAM_ENDED)
	void aCloseEndsTheStreamWithItsLastChunk() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			this.recorder.client().write("last");
			this.recorder.client().close(4000, "ignored");

			assertThat(peer.event()).isEqualTo("data: last\n\n");
			assertThat(peer.rest()).isEqualTo("0\r\n\r\n");
		}
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 0 ignored");
	}

	@Test
	@DiffersOn(value = TestContainer.JETTY, by = Difference.CLIENT_GONE)
	void aDisconnectIsNoticed() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			this.recorder.client().subscribe("left behind");
		}

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 0");
		assertThat(server.connections().channelCount()).isZero();
	}

	@Test
	void whatTheFollowerSendsIsNoMessage() {
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.recorder))) {
			peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
			this.recorder.client().write("still here");

			assertThat(peer.event()).isEqualTo("data: still here\n\n");
			assertThat(this.recorder.events.next()).isEqualTo("open");
			assertThat(this.recorder.events.waiting()).isZero();
		}
	}

	@Test
	void http10IsServedWithoutChunks() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.send(
					"GET " + server.serve(this.recorder) + " HTTP/1.0\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
			RawPeer.Head head = peer.expect(200);
			this.recorder.client().write("bare");
			this.recorder.client().close();

			assertThat(head.headers()).doesNotContainKey("transfer-encoding");
			assertThat(peer.rest()).isEqualTo("data: bare\n\n");
		}
	}

	@Test
	void curlFollows() throws Exception {
		Process curl = new ProcessBuilder("curl", "-skN", "--max-time", "30", "-H", "Accept: text/event-stream",
				server.uri("http", server.serve(this.recorder)).toString())
			.start();
		try (BufferedReader lines = curl.inputReader(StandardCharsets.UTF_8)) {
			Connection client = this.recorder.client();

			client.write("grüße");
			assertThat(lines.readLine()).isEqualTo("data: grüße");
			assertThat(lines.readLine()).isEmpty();
			client.close();

			assertThat(lines.readLine()).isNull();
			assertThat(curl.waitFor()).isZero();
		}
		finally {
			curl.destroy();
		}
	}

}
