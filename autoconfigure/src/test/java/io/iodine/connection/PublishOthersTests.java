package io.iodine.connection;

import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.pubsub.redis.RedisServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of messages that their publisher does not receive. */
@OnEachWebServer
class PublishOthersTests {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	@AutoClose
	private static TestServer server;

	private final String channel = "kept" + NUMBERS.incrementAndGet();

	private final Recorder publisher = new Recorder();

	private final Recorder other = new Recorder();

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.pubsub.history.channels=kept*");
	}

	@Test
	void allButThePublisherReceiveAMessage() {
		allButThePublisherReceiveAMessage(server, "room" + this.channel);
	}

	@Test
	void aChannelWithHistoryMakesNoDifference() {
		allButThePublisherReceiveAMessage(server, this.channel);
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theBrokerMayBringItBack() {
		try (RedisServer redis = RedisServer.start();
				TestServer shared = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.redis.url=redis://127.0.0.1:" + redis.port())) {
			allButThePublisherReceiveAMessage(shared, "room");
			allButThePublisherReceiveAMessage(shared, "kept");
		}
	}

	@Test
	void aPublisherIsExcludedHoweverItIsSubscribed() {
		try (WebSocketPeer peer = connect(server, this.publisher)) {
			Connection client = this.publisher.client();
			client.subscribePattern("*" + this.channel);
			client.subscribe(this.channel);
			client.subscribe("plain" + this.channel, (from, message) -> client.write("heard " + message.asText()));

			client.publishOthers(this.channel, "1");
			client.publishOthers("plain" + this.channel, "2");
			client.publish("plain" + this.channel, "3");

			assertThat(new String[] { peer.next(), peer.next() }).containsExactlyInAnyOrder("text 3", "text heard 3");
		}
	}

	@Test
	void theSameContentFromAnotherIsReceived() {
		try (WebSocketPeer mine = connect(server, this.publisher); WebSocketPeer theirs = connect(server, this.other)) {
			this.publisher.client().subscribe(this.channel);
			this.other.client().subscribe(this.channel);

			this.publisher.client().publishOthers(this.channel, "same");
			this.other.client().publishOthers(this.channel, "same");

			assertThat(mine.next()).isEqualTo("text same");
			assertThat(theirs.next()).isEqualTo("text same");
		}
	}

	@Test
	void nothingIsRememberedOfAMessageThatNobodyHears() {
		try (WebSocketPeer peer = connect(server, this.publisher)) {
			Connection client = this.publisher.client();
			client.publishOthers(this.channel, "1");
			client.subscribe(this.channel);
			client.publish(this.channel, Message.text("1"));

			assertThat(peer.next()).isEqualTo("text 1");
		}
	}

	private void allButThePublisherReceiveAMessage(TestServer at, String name) {
		Recorder publishing = new Recorder();
		Recorder hearing = new Recorder();
		Recorder streaming = new Recorder();
		try (WebSocketPeer mine = connect(at, publishing);
				WebSocketPeer theirs = connect(at, hearing);
				RawPeer events = RawPeer.eventStream(at, at.serve(streaming))) {
			streaming.client().subscribe(name);
			publishing.client().subscribe(name);
			hearing.client().subscribe(name);
			publishing.client().publish(name, "before");
			assertThat(mine.next()).isEqualTo("text before");
			assertThat(theirs.next()).isEqualTo("text before");

			assertThat(publishing.client().publishOthers(name, "for others")).isTrue();
			publishing.client().publish(name, "after");

			assertThat(theirs.next()).isEqualTo("text for others");
			assertThat(theirs.next()).isEqualTo("text after");
			assertThat(mine.next()).isEqualTo("text after");
			String event = events.event();
			while (!event.contains("for others")) {
				event = events.event();
			}
		}
	}

	private static WebSocketPeer connect(TestServer to, Recorder handler) {
		return WebSocketPeer.connect(to, to.serve(handler));
	}

}
