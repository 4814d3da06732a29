package io.iodine.connection;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.frame.CompressionSettings;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.connection.limit.Permit;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of the turns that the callbacks of a connection take.
 */
@SuppressWarnings("try") // some peers need only be there
@OnEachWebServer
class CallbackOrderTests {

	@AutoClose
	private static TestServer server;

	private final CountDownLatch gate = new CountDownLatch(1);

	@BeforeAll
	static void start() {
		server = TestServer.start();
	}

	@Test
	void onOpenReturnsBeforeAnythingElseRuns() throws Exception {
		CompletableFuture<NettyConnection> begun = new CompletableFuture<>();
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.defer(() -> this.events.add("deferred"));
				begun.complete((NettyConnection) client);
				await(CallbackOrderTests.this.gate);
				super.onOpen(client);
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder));
				RawPeer other = RawPeer.webSocket(server, server.serve(new Echo()))) {
			peer.text("early");
			NettyConnection client = begun.get(30, TimeUnit.SECONDS);
			while (client.receiveQueue().messages() == 0) {
				Thread.onSpinWait();
			}
			for (int i = 0; i < 20; i++) {
				assertThat(other.text("later").frame()).as("callbacks run").hasToString("text later");
			}
			assertThat(recorder.events.waiting()).isZero();

			this.gate.countDown();

			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(List.of(recorder.events.next(), recorder.events.next())).containsExactlyInAnyOrder("deferred",
					"text early");
		}
	}

	@Test
	void messagesThatCameWithTheHandshakeAreNotLost() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = new RawPeer(server.port())) {
			String handshake = "GET " + server.serve(recorder) + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
					+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
			byte[] frame = RawPeer.frame(0x81, (byte) 'x');
			byte[] both = Arrays.copyOf(handshake.getBytes(StandardCharsets.US_ASCII),
					handshake.length() + frame.length);
			System.arraycopy(frame, 0, both, handshake.length(), frame.length);

			peer.send(both).expect(101);

			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(recorder.events.next()).isEqualTo("text x");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void messagesComeInTheOrderOfTheirArrival(boolean onLoop) {
		Recorder recorder = new Recorder();
		String path = onLoop ? server.serveOnLoop(recorder) : server.serve(recorder);
		try (WebSocketPeer peer = WebSocketPeer.connect(server, path)) {
			for (int i = 0; i < 1000; i++) {
				peer.send(Integer.toString(i));
			}

			assertThat(recorder.events.next()).isEqualTo("open");
			for (int i = 0; i < 1000; i++) {
				assertThat(recorder.events.next()).isEqualTo("text " + i);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void callbacksOfOneConnectionNeverOverlap(boolean onLoop) throws Exception {
		LoneHandler handler = new LoneHandler();
		String path = onLoop ? server.serveOnLoop(handler) : server.serve(handler);
		try (WebSocketPeer peer = WebSocketPeer.connect(server, path)) {
			Connection client = handler.client();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				threads.add(new Thread(() -> handler.disturb(client, 60)));
			}

			threads.forEach(Thread::start);
			for (int i = 0; i < 200; i++) {
				peer.send("message");
			}
			for (Thread thread : threads) {
				thread.join(30_000);
			}
			peer.socket().sendClose(1000, "").join();

			assertThat(handler.events.nextOf("close")).isEqualTo("close PEER 1000");
			assertThat(handler.overlaps).hasValue(0);
			assertThat(handler.messages).hasValue(200);
			assertThat(handler.deferred).hasPositiveValue();
			assertThat(handler.heard).hasPositiveValue();
			assertThat(handler.drained).hasPositiveValue();
		}
	}

	@Test
	void handlersThatBlockDelayNobodyElse() {
		ConnectionHandler blocking = new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				await(CallbackOrderTests.this.gate);
				client.write(message);
			}

		};
		List<WebSocketPeer> blocked = new ArrayList<>();
		String path = server.serve(blocking);
		for (int i = 0; i < 8; i++) {
			blocked.add(WebSocketPeer.connect(server, path));
		}
		blocked.forEach((peer) -> peer.send("blocked"));

		try (WebSocketPeer other = WebSocketPeer.connect(server, server.serve(new Echo()))) {
			other.send("free");

			assertThat(other.next()).isEqualTo("text free");
		}
		finally {
			this.gate.countDown();
		}
		blocked.forEach((peer) -> assertThat(peer.next()).isEqualTo("text blocked"));
		blocked.forEach(WebSocketPeer::close);
	}

	@Test
	@Timeout(60)
	void readingStopsWhileManyMessagesWaitAndGoesOnAfter() {
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				super.onOpen(client);
				await(CallbackOrderTests.this.gate);
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			for (int i = 0; i < 500; i++) {
				peer.text(Integer.toString(i));
			}
			peer.send(RawPeer.closeFrame(1000, ""));
			NettyConnection client = (NettyConnection) recorder.client();
			while (!client.receiveQueue().isPaused()) {
				Thread.onSpinWait();
			}
			assertThat(client.receiveQueue().messages()).isLessThan(500);

			this.gate.countDown();

			assertThat(recorder.events.next()).isEqualTo("open");
			for (int i = 0; i < 500; i++) {
				assertThat(recorder.events.next()).isEqualTo("text " + i);
			}
			assertThat(recorder.events.next()).isEqualTo("close PEER 1000");
		}
	}

	@Test
	void messagesBeforeThePeersCloseAreAnsweredBeforeItIsEchoed() {
		Echo echo = new Echo() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				await(CallbackOrderTests.this.gate);
				super.onMessage(client, message);
			}

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(echo))) {
			peer.text("one").text("two").send(RawPeer.closeFrame(1000, "done"));

			this.gate.countDown();

			assertThat(peer.frame()).hasToString("text one");
			assertThat(peer.frame()).hasToString("text two");
			assertThat(peer.frame()).hasToString("close 1000 done");
		}
	}

	@Test
	void anExceptionIsContained() {
		Echo echo = new Echo() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				if (message.asText().equals("bad")) {
					throw new AssertionError("meant to be");
				}
				super.onMessage(client, message);
			}

		};
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(echo))) {
			peer.send("bad");
			peer.send("good");

			assertThat(peer.next()).isEqualTo("text good");
		}
	}

	@Test
	void anExceptionInOnOpenClosesWith1011() {
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) {
				throw new IllegalStateException("meant to be");
			}

		};
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(recorder))) {
			assertThat(peer.next()).isEqualTo("close 1011");
			assertThat(recorder.events.next()).isEqualTo("close HANDLER_ERROR 1011");
		}
	}

	@Test
	void anExceptionClosesWhenTheApplicationWantsThat() {
		Recorder recorder = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) {
				throw new IllegalStateException("meant to be");
			}

		};
		try (TestServer strict = TestServer.start("iodine.on-handler-error=close");
				WebSocketPeer peer = WebSocketPeer.connect(strict, strict.serve(recorder))) {
			peer.send("any");

			assertThat(peer.next()).isEqualTo("close 1011");
			assertThat(recorder.events.nextOf("close")).isEqualTo("close HANDLER_ERROR 1011");
		}
	}

	@Test
	void theNextHandlerTakesOverBetweenTwoMessages() {
		Recorder second = new Recorder();
		Recorder first = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				client.handler(second);
				this.events.add("after the swap");
				super.onMessage(client, message);
			}

			@Override
			public void onClose(Connection client) throws Exception {
				this.events.add("open " + client.isOpen() + ", handler " + (client.handler() == second));
				super.onClose(client);
			}

		};
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(first))) {
			peer.send("1");
			peer.send("2");

			assertThat(first.events.next()).isEqualTo("open");
			assertThat(first.events.next()).isEqualTo("after the swap");
			assertThat(first.events.next()).isEqualTo("text 1");
			assertThat(first.events.next()).isEqualTo("open true, handler true");
			assertThat(first.events.next()).isEqualTo("close -");
			assertThat(second.events.next()).isEqualTo("open");
			assertThat(second.events.next()).isEqualTo("text 2");
		}
		assertThat(second.events.next()).isEqualTo("close PEER 1006");
		assertThat(first.events.waiting()).isZero();
	}

	@Test
	void aHandlerMayBeReplacedFromAnotherThreadAndKeepsSubscriptions() {
		Recorder first = new Recorder();
		Recorder second = new Recorder();
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(first))) {
			Connection client = first.client();
			client.subscribe("kept");

			client.handler(second);

			assertThat(second.events.next()).isEqualTo("open");
			assertThat(first.events.nextOf("close")).isEqualTo("close -");
			server.pubSub().publish("kept", "still here");
			assertThat(peer.next()).isEqualTo("text still here");
		}
	}

	@Test
	@SuppressWarnings("NullAway") // on purpose
	void aHandlerIsNeverNull() {
		Recorder recorder = new Recorder();
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(recorder))) {
			Connection client = recorder.client();

			assertThatNullPointerException().isThrownBy(() -> client.handler(null));
			assertThat(client.handler()).isSameAs(recorder);
		}
	}

	@Test
	void onCloseIsCalledOnceHoweverManyWaysAreTried() {
		Recorder recorder = new Recorder();
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(recorder))) {
			Connection client = recorder.client();

			client.close(4000, "first");
			client.close();
			client.forceClose();
			client.forceClose();

			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(recorder.events.next()).isEqualTo("close LOCAL 4000 first");
			assertThat(client.closeReason())
				.hasValueSatisfying((reason) -> assertThat(reason.cause()).isEqualTo(Cause.LOCAL));
			assertThat(client.pending()).isEqualTo(-1);
			assertThat(recorder.events.waiting()).isZero();
		}
	}

	@Test
	void nothingRunsAfterACloseWasAskedForButOnClose() {
		Recorder recorder = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				super.onMessage(client, message);
				client.defer(() -> this.events.add("deferred"));
				client.close();
				this.events.add("defer " + client.defer(() -> this.events.add("deferred")));
			}

		};
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(recorder))) {
			peer.send("1");
			peer.send("2");

			assertThat(recorder.events.next()).isEqualTo("open");
			assertThat(recorder.events.next()).isEqualTo("text 1");
			assertThat(recorder.events.next()).isEqualTo("defer false");
			assertThat(recorder.events.next()).isEqualTo("close LOCAL 1000");
		}
	}

	@Test
	void whoNeedsNoCallbackImplementsNone() {
		ConnectionHandler handler = new ConnectionHandler() {

		};
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(handler))) {
			peer.text("ignored").send(RawPeer.frame(0x89));

			assertThat(peer.frame()).hasToString("pong ");
		}
	}

	@Test
	void whatABusyHandlerIsToHearOfItsWritesDoesNotPileUp() throws Exception {
		AtomicInteger drained = new AtomicInteger();
		Recorder recorder = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				super.onOpen(client);
				await(CallbackOrderTests.this.gate);
			}

			@Override
			public void onDrained(Connection client) {
				drained.incrementAndGet();
			}

		};
		try (WebSocketPeer peer = WebSocketPeer.connect(server, server.serve(recorder))) {
			Connection client = recorder.client();
			for (int i = 0; i < 50; i++) {
				client.write("one at a time");
				assertThat(peer.next()).isEqualTo("text one at a time");
			}

			this.gate.countDown();
			CountDownLatch done = new CountDownLatch(1);
			client.defer(done::countDown);
			await(done);

			// one for all before, and one for a last write that was seen to after the
			// gate opened
			assertThat(drained.get()).isBetween(1, 2);
		}
	}

	@Test
	void aConnectionThatComesWhileTheServerDrainsIsOpenedBeforeItIsShutDown() {
		Recorder recorder = new Recorder();
		ConnectionSettings settings = new ConnectionSettings(1024, 64, 1024, 64, 1024, Overflow.CLOSE, 64, 1024, 64,
				Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), false, CompressionSettings.NONE,
				AdmissionLimits.NONE);
		Connections connections = new Connections(settings, Runnable::run, server.pubSub(), new SilentFeed(),
				(value) -> new byte[0], new ConnectionObserver() {
				});
		EmbeddedChannel channel = new EmbeddedChannel();
		connections.drain(new DrainSettings(Duration.ofSeconds(30), 1, Duration.ZERO, Duration.ZERO, Duration.ZERO));

		ConnectionChannelHandler channelHandler = connections
			.connect(channel,
					new Handshake(Protocol.RAW, Optional.empty(), Optional.empty(), recorder, true, Overflow.CLOSE,
							CallbackScope.NONE, Optional.empty(), PingSettings.DEFAULT, Permit.uncounted()),
					Transfer.BARE);
		channel.pipeline().addLast(channelHandler);
		channelHandler.open();
		channel.runPendingTasks();
		channel.finishAndReleaseAll();

		assertThat(recorder.events.next()).isEqualTo("open");
		assertThat(recorder.events.next()).isEqualTo("shutdown");
		assertThat(recorder.events.next()).isEqualTo("close SHUTDOWN 0");
		assertThat(connections.count()).isZero();
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		if (!latch.await(30, TimeUnit.SECONDS)) {
			throw new AssertionError("Waited for too long");
		}
	}

	/** Answers each message with itself. */
	private static class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			client.write(message);
		}

	}

	/** Counts who finds another inside. */
	private static final class LoneHandler extends Recorder {

		private final AtomicBoolean inside = new AtomicBoolean();

		private final AtomicInteger overlaps = new AtomicInteger();

		private final AtomicInteger messages = new AtomicInteger();

		private final AtomicInteger drained = new AtomicInteger();

		private final AtomicInteger deferred = new AtomicInteger();

		private final AtomicInteger heard = new AtomicInteger();

		@Override
		public void onOpen(Connection client) throws Exception {
			client.subscribe("noise", (channel, message) -> alone(this.heard));
			super.onOpen(client);
		}

		@Override
		public void onMessage(Connection client, Message message) {
			alone(this.messages);
		}

		@Override
		public void onDrained(Connection client) {
			alone(this.drained);
		}

		private void disturb(Connection client, int times) {
			for (int i = 0; i < times; i++) {
				client.defer(() -> alone(this.deferred));
				client.write("noise");
				if (i % 10 == 0) {
					client.publish("noise", "noise");
				}
			}
		}

		private void alone(AtomicInteger count) {
			if (!this.inside.compareAndSet(false, true)) {
				this.overlaps.incrementAndGet();
				return;
			}
			count.incrementAndGet();
			// long enough that another thread would find it inside
			long until = System.nanoTime() + 50_000;
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
			this.inside.set(false);
		}

	}

	/** Hears nothing. */
	private static final class SilentFeed implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			return () -> {
			};
		}

		@Override
		public void notifyEngines() {
			// nobody to tell
		}

	}

}
