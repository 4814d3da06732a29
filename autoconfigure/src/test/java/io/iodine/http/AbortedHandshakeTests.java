package io.iodine.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.iodine.ConnectionHandler;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;
import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that a handshake that the client aborts at any moment gives its permit back.
 */
class AbortedHandshakeTests {

	private static final int MAX = 20;

	private static final int ABORTS = 400;

	private static final int STREAMS = 100;

	private static final Duration TIME_OUT = Duration.ofMinutes(2);

	/** About twice what a handshake takes here. */
	private static final int MAX_DELAY_NANOS = 1_500_000;

	private static final ConnectionHandler HANDLER = new ConnectionHandler() {
	};

	@AutoClose
	private static TestServer server;

	private static String onThreads;

	private static String onLoop;

	private final Random random = new Random(7);

	@BeforeAll
	static void start() {
		server = TestServer.start(List.of(Deferred.class, Rejecting.class), "iodine.workers=2",
				"iodine.connections.max=" + MAX, "iodine.ping-interval=20s", "iodine.ping-timeout=20s",
				"iodine.close-timeout=1s", "server.http2.enabled=true", "logging.level.root=error",
				"logging.level.io.iodine.connection=error");
		onThreads = server.serve(HANDLER);
		onLoop = server.serveOnLoop(HANDLER);
	}

	/** The server may still be reading handshakes that were aborted long ago. */
	@AfterEach
	void allPermitsAreFree() throws Exception {
		await().atMost(TIME_OUT).until(AbortedHandshakeTests::inUse, (inUse) -> inUse == 0);
		List<RawPeer> peers = new ArrayList<>();
		try {
			await().atMost(TIME_OUT).until(() -> connects(peers));
			try (RawPeer excess = new RawPeer(server.port())) {
				assertThat(excess.handshake(onThreads).head().status()).isEqualTo(503);
			}
		}
		finally {
			peers.forEach(RawPeer::close);
		}
	}

	/** Whether as many clients are connected as may be. */
	private static boolean connects(List<RawPeer> peers) {
		while (peers.size() < MAX) {
			RawPeer peer = new RawPeer(server.port());
			if (peer.handshake(onThreads).head().status() != 101) {
				peer.close();
				return false;
			}
			peers.add(peer);
		}
		return true;
	}

	@Test
	void ofAWebSocketServedByThreads() throws IOException {
		abort(onThreads, Protocol.WEBSOCKET);
	}

	@Test
	void ofAWebSocketServedOnTheEventLoop() throws IOException {
		abort(onLoop, Protocol.WEBSOCKET);
	}

	@Test
	void ofAnEventStreamServedByThreads() throws IOException {
		abort(onThreads, Protocol.SSE);
	}

	@Test
	void ofAnEventStreamServedOnTheEventLoop() throws IOException {
		abort(onLoop, Protocol.SSE);
	}

	@Test
	void ofAnUpgradeThatIsDecidedLater() throws IOException {
		abort("/deferred", Protocol.WEBSOCKET);
	}

	@Test
	void ofAnUpgradeThatIsRejected() throws IOException {
		abort("/rejecting", Protocol.WEBSOCKET);
	}

	@Test
	void ofAWebSocketOnAStreamOfHttp2() {
		for (String path : List.of(onThreads, onLoop, "/deferred")) {
			for (int i = 0; i < ABORTS / STREAMS; i++) {
				try (Http2Peer peer = new Http2Peer(server.port(), 65_535)) {
					for (int j = 0; j < STREAMS; j++) {
						Http2Peer.Stream stream = peer.connect("websocket", path, Map.of());
						delay();
						stream.reset();
					}
				}
			}
		}
	}

	private void abort(String path, Protocol protocol) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
		String headers = (protocol == Protocol.SSE) ? "Accept: text/event-stream\r\n" : """
				Upgrade: websocket\r
				Connection: Upgrade\r
				Sec-WebSocket-Version: 13\r
				Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
				""";
		byte[] head = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < ABORTS; i++) {
			try (SocketChannel socket = SocketChannel.open(address)) {
				socket.write(ByteBuffer.wrap(head));
				delay();
				if (i % 2 == 0) {
					socket.setOption(StandardSocketOptions.SO_LINGER, 0);
				}
			}
		}
	}

	/** Lets the handshake come as far as it does in a random time. */
	private void delay() {
		long until = System.nanoTime() + this.random.nextInt(MAX_DELAY_NANOS);
		while (System.nanoTime() < until) {
			Thread.onSpinWait();
		}
	}

	private static int inUse() {
		return server.connections().limiter().inUse();
	}

	/** Decides on another thread. */
	@UpgradeHandler(value = "/deferred", nonBlocking = true)
	static final class Deferred implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.later(CompletableFuture.supplyAsync(() -> Upgrade.accept(HANDLER),
					CompletableFuture.delayedExecutor(500, TimeUnit.MICROSECONDS)));
		}

	}

	/** Rejects every request. */
	@UpgradeHandler("/rejecting")
	static final class Rejecting implements Upgrader {

		@Override
		public Upgrade upgrade(UpgradeRequest request) {
			return Upgrade.reject(403, "not here");
		}

	}

}
