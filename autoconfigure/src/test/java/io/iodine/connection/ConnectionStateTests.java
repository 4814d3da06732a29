package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of the states through which a connection goes. */
@OnEachWebServer
class ConnectionStateTests {

	@AutoClose
	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.workers=1", "iodine.close-timeout=30s");
	}

	@Test
	void aCloseOfTheApplicationWaitsForThatOfThePeer() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			ConnectionLife life = life(recorder.client());
			assertThat(life.state()).isEqualTo(ConnectionState.OPEN);

			recorder.client().close();
			assertThat(life.state()).isEqualTo(ConnectionState.CLOSING);
			assertThat(peer.frame()).hasToString("close 1000");
			assertThat(life.state()).isEqualTo(ConnectionState.CLOSING);
			peer.send(RawPeer.closeFrame(1000, ""));

			assertThat(recorder.events.nextOf("close")).isEqualTo("close LOCAL 1000");
			assertThat(life.state()).isEqualTo(ConnectionState.CLOSED);
		}
	}

	@Test
	void aConnectionIsOpenForWhatCameBeforeTheCloseFrameOfThePeer() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		List<String> seen = new ArrayList<>();
		Recorder recorder = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
				seen.add(life(client).state() + " " + client.isOpen());
				this.events.add("handled");
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			peer.text("before");
			peer.send(RawPeer.closeFrame(1000, ""));
			ConnectionLife life = life(recorder.client());
			await().until(() -> life.state() == ConnectionState.PEER_CLOSED);
			gate.countDown();

			assertThat(recorder.events.nextOf("close")).isEqualTo("close PEER 1000");
			assertThat(seen).containsExactly("PEER_CLOSED true");
			assertThat(life.state()).isEqualTo(ConnectionState.CLOSED);
		}
	}

	@Test
	void aConnectionWithoutASocketAcceptsNothingThoughItsCallbackGoesOn() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		Recorder recorder = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
				this.events.add("write " + client.write("too late"));
			}

		};
		RawPeer peer = RawPeer.webSocket(server, server.serve(recorder));
		peer.text("block");
		ConnectionLife life = life(recorder.client());
		peer.close();
		await().until(() -> life.state() == ConnectionState.SOCKET_GONE);
		gate.countDown();

		assertThat(recorder.events.nextOf("write")).isEqualTo("write false");
		assertThat(recorder.events.nextOf("close")).startsWith("close PEER 1006");
		assertThat(life.state()).isEqualTo(ConnectionState.CLOSED);
	}

	@Test
	void handlersThatReplaceEachOtherForEverNeitherFillTheStackNorKeepAConnection() {
		Replacing replacing = new Replacing();
		RawPeer peer = RawPeer.webSocket(server, server.serve(replacing));
		await().atMost(30, TimeUnit.SECONDS).until(() -> replacing.opened() > 100_000);

		peer.close();

		await().atMost(30, TimeUnit.SECONDS).until(() -> server.connections().count() == 0);
	}

	private static ConnectionLife life(Connection client) {
		return ((NettyConnection) client).life();
	}

	/** A handler that is replaced by itself as soon as it opens. */
	private static final class Replacing implements ConnectionHandler {

		private final AtomicInteger opened = new AtomicInteger();

		int opened() {
			return this.opened.get();
		}

		@Override
		public void onOpen(Connection client) {
			this.opened.incrementAndGet();
			client.handler(this);
		}

	}

}
