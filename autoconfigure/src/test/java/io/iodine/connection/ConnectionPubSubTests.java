package io.iodine.connection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.As;
import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of channels and the connections that follow them.
 */
@OnEachWebServer
class ConnectionPubSubTests {

	@AutoClose
	private static TestServer server;

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final String channel = "channel " + NUMBERS.incrementAndGet();

	private final Recorder recorder = new Recorder();

	@AutoClose
	private RawPeer peer;

	private Connection client;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.workers=3", "iodine.send-queue.max-messages=20000",
				"iodine.send-queue.max-size=64MB");
	}

	@BeforeEach
	void connect() {
		this.peer = RawPeer.webSocket(server, server.serve(this.recorder));
		this.client = this.recorder.client();
	}

	@Test
	void aSubscriberIsWrittenToInTheKindThatWasPublished() {
		assertThat(this.client.subscribe(this.channel)).isTrue();

		assertThat(server.pubSub().publish(this.channel, "text")).isTrue();
		server.pubSub().publish(this.channel, new byte[] { 'b' });

		assertThat(this.peer.frame()).hasToString("text text");
		assertThat(this.peer.frame()).hasToString("binary b");
	}

	@Test
	void aSubscriberMayAskForAKind() {
		this.client.subscribe(this.channel, As.BINARY);
		server.pubSub().publish(this.channel, "text");
		assertThat(this.peer.frame()).hasToString("binary text");

		this.client.subscribe(this.channel, As.TEXT);
		server.pubSub().publish(this.channel, new byte[] { (byte) 0xC0 });
		server.pubSub().publish(this.channel, new byte[] { 'b' });
		assertThat(this.peer.frame()).hasToString("text b");
	}

	@Test
	void aListenerHearsChannelAndMessageInsteadOfTheClient() {
		this.client.subscribe(this.channel,
				(name, message) -> this.recorder.events.add(name + ": " + message.asText()));

		this.client.publish(this.channel, "heard");

		assertThat(this.recorder.events.nextOf("channel")).isEqualTo(this.channel + ": heard");
		this.client.write("not written");
		assertThat(this.peer.frame()).hasToString("text not written");
	}

	@Test
	void anExceptionOfAListenerIsContained() {
		this.client.subscribe(this.channel, (name, message) -> {
			this.recorder.events.add(message.asText());
			throw new IllegalStateException("meant to be");
		});

		this.client.publish(this.channel, "first");
		this.client.publish(this.channel, "second");

		assertThat(this.recorder.events.nextOf("first")).isEqualTo("first");
		assertThat(this.recorder.events.next()).isEqualTo("second");
	}

	@Test
	void aPatternAndAChannelOfTheSameTextAreTwo() {
		String glob = this.channel + "*";
		this.client.subscribe(glob);
		this.client.subscribePattern(glob);
		assertThat(this.client.isSubscribed(glob)).isTrue();

		this.client.publish(glob, "twice");
		this.client.publish(this.channel + "/a", "once");

		assertThat(this.peer.frame()).hasToString("text twice");
		assertThat(this.peer.frame()).hasToString("text twice");
		assertThat(this.peer.frame()).hasToString("text once");
		assertThat(this.client.unsubscribe(glob)).isTrue();
		this.client.publish(glob, "still by the pattern");
		assertThat(this.peer.frame()).hasToString("text still by the pattern");
		assertThat(this.client.unsubscribePattern(glob)).isTrue();
	}

	@Test
	void subscribingAgainReplaces() {
		this.client.subscribe(this.channel, (name, message) -> this.recorder.events.add("old"));
		this.client.subscribe(this.channel);
		this.client.subscribe(this.channel);

		this.client.publish(this.channel, "once");
		this.client.publish(this.channel, "only");

		assertThat(this.peer.frame()).hasToString("text once");
		assertThat(this.peer.frame()).hasToString("text only");
		assertThat(this.recorder.events.next()).isEqualTo("open");
		assertThat(this.recorder.events.waiting()).isZero();
		assertThat(this.client.unsubscribe(this.channel)).isTrue();
		assertThat(this.client.unsubscribe(this.channel)).isFalse();
	}

	@Test
	void aReplacementLosesAndDoublesNothing() throws Exception {
		this.client.subscribe(this.channel);
		Thread replacer = new Thread(() -> {
			for (int i = 0; i < 2000; i++) {
				this.client.subscribe(this.channel);
			}
		});
		replacer.start();
		for (int i = 0; i < 2000; i++) {
			server.pubSub().publish(this.channel, Integer.toString(i));
		}

		for (int i = 0; i < 2000; i++) {
			assertThat(this.peer.frame()).hasToString("text " + i);
		}
		replacer.join(30_000);
	}

	@Test
	void whoUnsubscribesHearsNoMore() {
		this.client.subscribe(this.channel);
		this.client.publish(this.channel, "heard");
		assertThat(this.peer.frame()).hasToString("text heard");

		assertThat(this.client.unsubscribe(this.channel)).isTrue();
		assertThat(this.client.isSubscribed(this.channel)).isFalse();
		this.client.publish(this.channel, "missed");
		this.client.write("marker");

		assertThat(this.peer.frame()).hasToString("text marker");
	}

	@Test
	void aPublisherHasItsOwnCopy() {
		this.client.subscribe(this.channel);

		this.client.publish(this.channel, "mine");

		assertThat(this.peer.frame()).hasToString("text mine");
	}

	@Test
	void valuesArePublishedAsJson() {
		this.client.subscribe(this.channel);

		this.client.publishJson(this.channel, List.of(1, "two"));

		assertThat(this.peer.frame()).hasToString("text [1,\"two\"]");
	}

	@Test
	void namesAndContentsMayBeAnyText() {
		String name = this.channel + "\u0000\n€\uD83D\uDE00";
		this.client.subscribe(name);

		this.client.publish(name, "\u0000");

		assertThat(this.peer.frame()).hasToString("text \u0000");
	}

	@Test
	void subscriptionsEndWithTheirConnection() {
		int before = server.connections().channelCount();
		this.client.subscribe(this.channel);
		this.client.subscribePattern(this.channel);
		assertThat(server.connections().channelCount()).isEqualTo(before + 2);

		this.client.close();

		assertThat(server.connections().channelCount()).isEqualTo(before);
		assertThat(this.client.subscribe(this.channel)).isFalse();
		assertThat(this.client.isSubscribed(this.channel)).isFalse();
	}

	@Test
	void publishingInOnCloseWorks() {
		Recorder leaving = new Recorder() {

			@Override
			public void onClose(Connection client) throws Exception {
				client.publish(ConnectionPubSubTests.this.channel, "left");
			}

		};
		this.client.subscribe(this.channel);
		try (RawPeer other = RawPeer.webSocket(server, server.serve(leaving))) {
			other.send(RawPeer.closeFrame(1000, ""));

			assertThat(this.peer.frame()).hasToString("text left");
		}
	}

	@Test
	void aListenerIsNotCalledWhileACallbackRuns() {
		CountDownLatch gate = new CountDownLatch(1);
		Recorder handler = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) throws Exception {
				this.events.add("begins");
				assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
				this.events.add("ends");
			}

		};
		try (RawPeer other = RawPeer.webSocket(server, server.serve(handler))) {
			Connection blocked = handler.client();
			blocked.subscribe(this.channel, (name, message) -> handler.events.add("listener"));
			blocked.subscribe(this.channel + " later");
			other.text("x");
			assertThat(handler.events.nextOf("begins")).isEqualTo("begins");

			server.pubSub().publish(this.channel, "x");
			server.pubSub().publish(this.channel + " later", "has passed the event loop");
			assertThat(other.frame()).hasToString("text has passed the event loop");
			assertThat(handler.events.waiting()).isZero();
			gate.countDown();

			assertThat(handler.events.next()).isEqualTo("ends");
			assertThat(handler.events.next()).isEqualTo("listener");
		}
	}

	@Test
	void aSlowSubscriberDelaysNoOther() {
		Recorder stalled = new Recorder();
		try (RawPeer slow = new RawPeer(server.port(), 4096)) {
			slow.handshake(server.serve(stalled)).expect(101);
			stalled.client().subscribe(this.channel);
			this.client.subscribe(this.channel);
			String large = "x".repeat(64 * 1024);

			for (int i = 0; i < 200; i++) {
				server.pubSub().publish(this.channel, large);
				assertThat(this.peer.frame().payload()).hasSize(large.length());
			}

			assertThat(stalled.client().pending()).isPositive();
		}
	}

	@Test
	void eachOfAThousandSubscribersHearsEachOfAThousandMessagesInOrder() throws Exception {
		List<RawPeer> peers = new ArrayList<>();
		List<Thread> publishers = new ArrayList<>();
		CountDownLatch open = new CountDownLatch(1000);
		String path = server.serveOnLoop(new Recorder() {

			@Override
			public void onOpen(Connection client) {
				client.subscribe(ConnectionPubSubTests.this.channel);
				open.countDown();
			}

		});
		try {
			for (int i = 0; i < 1000; i++) {
				peers.add(RawPeer.webSocket(server, path));
			}
			assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();

			for (int publisher = 0; publisher < 2; publisher++) {
				int number = publisher;
				publishers.add(new Thread(() -> {
					for (int i = 0; i < 500; i++) {
						server.pubSub().publish(this.channel, new byte[] { (byte) number, (byte) (i >> 8), (byte) i });
					}
				}));
			}
			publishers.forEach(Thread::start);

			for (RawPeer subscriber : peers) {
				readInOrder(subscriber);
			}
		}
		finally {
			for (Thread publisher : publishers) {
				publisher.join(30_000);
			}
			peers.forEach(RawPeer::close);
		}
	}

	/** 500 messages of each of two publishers, in frames of five bytes. */
	private static void readInOrder(RawPeer subscriber) throws IOException {
		byte[] frames = subscriber.octets(1000 * 5);
		int[] next = new int[2];
		for (int at = 0; at < frames.length; at += 5) {
			int number = ((frames[at + 3] & 0xFF) << 8) | (frames[at + 4] & 0xFF);

			assertThat(number).isEqualTo(next[frames[at + 2]]++);
		}
	}

}
