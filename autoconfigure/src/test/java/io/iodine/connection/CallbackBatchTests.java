package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the callbacks of several connections that come due in one turn of their event
 * loop.
 */
@OnEachWebServer
class CallbackBatchTests {

	private static final int CLIENTS = 6;

	@AutoClose
	private static TestServer server;

	private final CountDownLatch loopGate = new CountDownLatch(1);

	private final CountDownLatch loopStands = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final List<WebSocketPeer> peers = new ArrayList<>();

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.workers=1", "iodine.threads=8");
	}

	@AfterEach
	void letGo() {
		this.loopGate.countDown();
		this.gate.countDown();
		this.peers.forEach(WebSocketPeer::close);
	}

	@Test
	void whatIsWrittenGoesOutThoughTheCallbackGoesOn() throws Exception {
		ConnectionHandler handler = new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				client.write("heard " + message.asText());
				await(CallbackBatchTests.this.gate);
			}

		};

		comeDueTogether(handler, (i) -> "it");

		for (int i = 0; i < CLIENTS; i++) {
			assertThat(this.peers.get(i).next()).isEqualTo("text heard it");
		}
	}

	@Test
	void callbacksThatBlockHoldUpNoneThatCameDueWithThem() throws Exception {
		ConnectionHandler handler = new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				if (message.asText().equals("block")) {
					await(CallbackBatchTests.this.gate);
				}
				client.write("done " + message.asText());
			}

		};

		comeDueTogether(handler, (i) -> (i < 3) ? "block" : "go");

		for (int i = 3; i < CLIENTS; i++) {
			assertThat(this.peers.get(i).next()).isEqualTo("text done go");
		}
		this.gate.countDown();
		for (int i = 0; i < 3; i++) {
			assertThat(this.peers.get(i).next()).isEqualTo("text done block");
		}
	}

	/** The event loop stands still until a message of every client waits for it. */
	private void comeDueTogether(ConnectionHandler handler, IntFunction<String> messages) throws Exception {
		String path = server.serve(handler);
		Stream.generate(() -> WebSocketPeer.connect(server, path)).limit(CLIENTS).forEach(this.peers::add);
		String halt = server.serveOnLoop(new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				CallbackBatchTests.this.loopStands.countDown();
				await(CallbackBatchTests.this.loopGate);
			}

		});
		WebSocketPeer halting = WebSocketPeer.connect(server, halt);
		halting.send("halt");
		await(this.loopStands);
		for (int i = 0; i < CLIENTS; i++) {
			this.peers.get(i).send(messages.apply(i));
		}
		this.peers.add(halting);
		this.loopGate.countDown();
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
	}

}
