package io.iodine.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.iodine.ConnectionHandler;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of a port that takes HTTP/1.1 and HTTP/2 in clear. */
@ExtendWith(OutputCaptureExtension.class)
class ClearTextHttp2Tests {

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Web.class, Held.class), "iodine.workers=1", "server.http2.enabled=true",
				"iodine.http.write-timeout=1s", "iodine.http.header-timeout=2s", "iodine.http.max-body-size=1KB");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void aRequestMayBeginWithTheLettersOfThePreface(int cut, CapturedOutput output) throws Exception {
		String request = "POST /post HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
				+ "Connection: close\r\n\r\nhi";
		try (RawPeer peer = new RawPeer(server.port())) {
			sendInTwo(peer, request, cut);

			assertThat(peer.rest()).startsWith("HTTP/1.1 200").endsWith("hi");
		}
		assertThat(output).doesNotContain("Exception");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4, 20 })
	void thatRequestIsReadAsStrictlyAsAnyOther(int cut) throws Exception {
		try (RawPeer peer = new RawPeer(server.port())) {
			sendInTwo(peer, "PRI * HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
					cut);

			assertThat(peer.rest()).startsWith("HTTP/1.1 400");
		}
	}

	@Test
	void halfAPrefaceIsNotWaitedForWithoutEnd() {
		try (RawPeer peer = new RawPeer(server.port())) {
			peer.send("PRI * HTT");

			assertThat(peer.rest()).isEmpty();
		}
	}

	@Test
	void anExtendedConnectIsARequestUntilItIsUpgraded() throws Exception {
		try (Http2Peer peer = new Http2Peer(server.port(), 16_384)) {
			Http2Peer.Stream stream = peer.connect("websocket", "/big", Map.of());
			stream.stopReading();

			String end = stream.lastWord();
			while (end.startsWith("data")) {
				end = stream.lastWord();
			}
			stream.readOn();
			assertThat(end).isEqualTo("reset 8");
		}
	}

	@Test
	void theBodyOfAnExtendedConnectIsLimitedUntilItIsUpgraded() throws Exception {
		try (Http2Peer peer = new Http2Peer(server.port(), 16_384)) {
			Http2Peer.Stream stream = peer.connect("websocket", "/never", Map.of());
			stream.send(new byte[2048]);

			assertThat(stream.head().status()).hasToString("413");
		}
	}

	@Test
	void whatIsSentBeforeTheAnswerIsNotKept() throws Exception {
		Recorder recorder = new Recorder();
		try (Http2Peer peer = new Http2Peer(server.port(), 16_384)) {
			Http2Peer.Stream stream = peer.connect("websocket", "/held", Map.of());
			stream.send(RawPeer.frame(0x81, "early".getBytes(StandardCharsets.UTF_8)));
			assertThat(peer.connect("websocket", "/missing", Map.of()).head().status()).as("read after it")
				.hasToString("404");

			Held.DECISION.complete(Upgrade.accept(recorder));
			assertThat(stream.head().status()).hasToString("200");
			stream.send(RawPeer.frame(0x81, "late".getBytes(StandardCharsets.UTF_8)));

			assertThat(recorder.events.nextOf("text")).isEqualTo("text late");
		}
	}

	@Test
	void aFragmentIsNoPartOfAPath() {
		try (Http2Peer peer = new Http2Peer(server.port(), 16_384)) {
			assertThat(peer.connect("websocket", "/big#top", Map.of()).head().status()).hasToString("400");
		}
	}

	@Test
	void anUnknownVersionIsAnsweredWithTheProtocolThatIsSpoken() {
		try (RawPeer peer = new RawPeer(server.port())) {
			RawPeer.Head head = peer
				.get(server.serve(new Recorded()), "Upgrade: websocket", "Connection: Upgrade",
						"Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
				.expect(426);

			assertThat(head.header("upgrade")).isEqualTo("websocket");
			assertThat(head.header("connection")).containsIgnoringCase("upgrade");
			assertThat(head.header("sec-websocket-version")).isEqualTo("13");
		}
	}

	/** The server has seen the first part when it acknowledges another connection's. */
	private static void sendInTwo(RawPeer peer, String request, int cut) throws Exception {
		peer.send(request.substring(0, cut));
		try (RawPeer other = new RawPeer(server.port())) {
			other.get("/missing", "Connection: close").expect(404);
		}
		peer.send(request.substring(cut));
	}

	private static final class Recorded implements ConnectionHandler {

	}

	/** Decides when a test says so. */
	@UpgradeHandler("/held")
	static final class Held implements Upgrader {

		private static final CompletableFuture<Upgrade> DECISION = new CompletableFuture<>();

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.later(DECISION);
		}

	}

	/** An application behind the edge. */
	@RestController
	static class Web {

		@PostMapping("/post")
		String post(@RequestBody String body) {
			return body;
		}

		@GetMapping(value = "/big", produces = "application/octet-stream")
		byte[] big() {
			return new byte[10_000_000];
		}

		@GetMapping("/never")
		Mono<String> never() {
			return Mono.never();
		}

	}

}
