package io.iodine.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of peers and networks that fail, each on a real socket. */
@OnEachWebServer
class FaultTests {

	@AutoClose("shutdownNow")
	private final ExecutorService threads = Executors.newCachedThreadPool();

	@Test
	void aPeerWhosePacketsAreLostIsGoneWithinIntervalAndTimeout() throws Exception {
		Recorder recorder = new Recorder();
		try (TestServer server = TestServer.start("iodine.ping-interval=1s", "iodine.ping-timeout=1s",
				"logging.level.io.iodine.connection=off");
				SilentProxy proxy = new SilentProxy(server.port());
				RawPeer peer = new RawPeer(proxy.port())) {
			peer.handshake(server.serve(recorder)).expect(101);
			assertThat(peer.frame()).hasToString("ping ");
			peer.send(RawPeer.frame(0x8A));

			proxy.silence();
			long begin = System.nanoTime();
			String close = recorder.events.nextOf("close");

			assertThat(close).isEqualTo("close TIMEOUT 1006 no answer to a ping");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2 + 15));
		}
	}

	@Test
	void aFloodWaitsInTheSocketOfWhoSendsItAndIsAllHeardInTheEnd() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		AtomicInteger heard = new AtomicInteger();
		Recorder slow = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				gate.await(60, TimeUnit.SECONDS);
				heard.incrementAndGet();
			}

		};
		int messages = 512;
		AtomicLong sent = new AtomicLong();
		try (TestServer server = TestServer.start(); RawPeer peer = RawPeer.webSocket(server, server.serve(slow))) {
			byte[] frame = RawPeer.frame(0x82, new byte[64 * 1024]);

			Future<?> flood = this.threads.submit(() -> {
				for (int i = 0; i < messages; i++) {
					peer.send(frame);
					sent.incrementAndGet();
				}
			});
			long stuck = awaitStandstill(sent);
			gate.countDown();
			flood.get(60, TimeUnit.SECONDS);
			peer.send(RawPeer.closeFrame(1000, ""));

			assertThat(stuck).isLessThan(messages / 2);
			assertThat(peer.frame()).hasToString("close 1000");
			assertThat(heard).hasValue(messages);
		}
	}

	@Test
	void aServerWithoutWorkUsesNoCpu() throws IOException, InterruptedException {
		try (ServerProcess server = ServerProcess.start(FollowedServer.class, "idle");
				ManyPeers peers = new ManyPeers(server.port())) {
			peers.connect(50, ManyPeers.Kind.EVENT_STREAM, FollowedServer.FOLLOW);
			peers.connect(50, ManyPeers.Kind.WEB_SOCKET, FollowedServer.FOLLOW);

			Duration spent = Duration.ofDays(1);
			// compilers and the start have their say first
			for (int i = 0; i < 20 && spent.toMillis() > 20; i++) {
				Duration before = server.cpu();
				peers.readFor(Duration.ofSeconds(1));
				spent = server.cpu().minus(before);
			}

			assertThat(spent).isLessThanOrEqualTo(Duration.ofMillis(20));
		}
	}

	/** Waits until nothing has moved for a second. */
	private static long awaitStandstill(AtomicLong count) throws InterruptedException {
		long before = -1;
		while (count.get() != before || before == 0) {
			before = count.get();
			TimeUnit.SECONDS.sleep(1);
		}
		return before;
	}

}
