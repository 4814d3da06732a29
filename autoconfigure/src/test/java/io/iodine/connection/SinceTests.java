package io.iodine.connection;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Recovery.Outcome;
import io.iodine.Since;
import io.iodine.pubsub.redis.RedisServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests of subscriptions of connections that begin in a history. */
@OnEachWebServer
class SinceTests {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	@AutoClose
	private static TestServer server;

	private PubSub pubSub;

	private final String channel = "kept" + NUMBERS.incrementAndGet();

	private final Recorder handler = new Recorder();

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.pubsub.history.channels=kept*", "iodine.pubsub.history.size=500",
				"iodine.send-queue.max-messages=64", "iodine.pubsub.listener.max-pending=20");
	}

	@BeforeEach
	void prepare() {
		this.pubSub = server.pubSub();
	}

	@Test
	void aWebSocketGetsTheOutcomeThenWhatItMissedThenWhatIsNew() throws Exception {
		String known = publish(this.pubSub, 0);
		publish(this.pubSub, 1);
		publish(this.pubSub, 2);
		try (WebSocketPeer peer = connect(server)) {
			subscribe(Since.id(known));

			assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=2]");
			publish(this.pubSub, 3);
			assertThat(next(peer, 3)).containsExactly("text 1", "text 2", "text 3");
		}
	}

	@Test
	void nothingIsWrittenBeforeTheFirstCallbackHasReturned() throws Exception {
		String known = publish(this.pubSub, 0);
		publish(this.pubSub, 1);
		try (WebSocketPeer peer = connect(server)) {
			Connection client = this.handler.client();
			client.subscribe(this.channel, Since.id(known).onOutcome((outcome) -> {
				publishUnchecked(2);
				client.write("first");
			}));

			assertThat(next(peer, 3)).containsExactly("text first", "text 1", "text 2");
		}
	}

	@Test
	void theNewestMessagesComeFirstWhenSoManyAreWanted() throws Exception {
		for (int i = 0; i < 5; i++) {
			publish(this.pubSub, i);
		}
		try (WebSocketPeer peer = connect(server)) {
			subscribe(Since.last(2));

			assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=2]");
			publish(this.pubSub, 5);
			assertThat(next(peer, 3)).containsExactly("text 3", "text 4", "text 5");
		}
	}

	@Test
	void aChannelWithoutMessagesHasNoneToBeginWith() throws Exception {
		try (WebSocketPeer peer = connect(server)) {
			subscribe(Since.last(20));

			assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=0]");
			publish(this.pubSub, 1);
			assertThat(peer.next()).isEqualTo("text 1");
		}
	}

	@Test
	void fromNowOnNothingEarlierComes() throws Exception {
		publish(this.pubSub, 0);
		try (WebSocketPeer peer = connect(server)) {
			subscribe(Since.now());

			assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=0]");
			publish(this.pubSub, 1);
			assertThat(peer.next()).isEqualTo("text 1");
		}
	}

	@Test
	void anUnknownIdIsNotRecovered() throws Exception {
		publish(this.pubSub, 0);
		try (WebSocketPeer peer = connect(server)) {
			subscribe(Since.id("nonsense"));

			assertThat(peer.next()).isEqualTo("text Outcome[recovered=false, missed=0]");
			publish(this.pubSub, 1);
			assertThat(peer.next()).isEqualTo("text 1");
		}
	}

	@Test
	void aChannelWithoutHistoryIsSubscribedToAllTheSame() {
		String plain = "plain" + this.channel;
		try (WebSocketPeer peer = connect(server)) {
			Connection client = this.handler.client();
			client.subscribe(plain, Since.last(3).onOutcome((outcome) -> client.write(outcome.toString())));
			this.pubSub.publish(plain, "1");

			assertThat(next(peer, 2)).containsExactly("text Outcome[recovered=false, missed=0]", "text 1");
			assertThat(client.unsubscribe(plain)).isTrue();
			client.subscribe(plain);
			this.pubSub.publish(plain, "2");
			assertThat(peer.next()).isEqualTo("text 2");
		}
	}

	@Test
	void aListenerHearsMoreThanMayWaitForIt() throws Exception {
		String known = publish(this.pubSub, 0);
		for (int i = 1; i <= 100; i++) {
			publish(this.pubSub, i);
		}
		try (WebSocketPeer peer = connect(server)) {
			Connection client = this.handler.client();
			client.subscribe(this.channel,
					Since.id(known).onOutcome((outcome) -> client.write("missed " + outcome.missed())),
					(from, message) -> client.write("heard " + message.asText()));

			assertThat(peer.next()).isEqualTo("text missed 100");
			assertThat(next(peer, 100)).isEqualTo(texts("text heard ", 1, 100));
			publish(this.pubSub, 101);
			assertThat(peer.next()).isEqualTo("text heard 101");
		}
	}

	@Test
	void aWebSocketGetsMoreThanItsQueueTakes() throws Exception {
		String known = publish(this.pubSub, 0);
		for (int i = 1; i <= 400; i++) {
			publish(this.pubSub, i);
		}
		try (WebSocketPeer peer = connect(server)) {
			this.handler.client().subscribe(this.channel, Since.id(known));

			assertThat(next(peer, 400)).isEqualTo(texts("text ", 1, 400));
		}
	}

	@Test
	void anEventStreamBeginsWithTheNewestMessagesAndTheirIds() throws Exception {
		publish(this.pubSub, 0);
		String known = publish(this.pubSub, 1);
		try (RawPeer peer = RawPeer.eventStream(server, server.serve(this.handler))) {
			subscribe(Since.last(1));

			assertThat(peer.event()).isEqualTo("data: Outcome[recovered=true, missed=1]\n\n");
			assertThat(peer.event()).isEqualTo("id: " + known + "\ndata: 1\n\n");
		}
	}

	@Test
	void aBeanHearsTheOutcomeBeforeTheMessages() throws Exception {
		String known = publish(this.pubSub, 0);
		publish(this.pubSub, 1);
		Events events = new Events();

		this.pubSub.subscribe(this.channel, Since.id(known).onOutcome((outcome) -> events.add(outcome.toString())),
				(from, message) -> events.add(message.asText()));
		assertThat(events.next()).isEqualTo(new Outcome(true, 1).toString());
		assertThat(events.next()).isEqualTo("1");

		this.pubSub.subscribe(this.channel, Since.last(1).onOutcome((outcome) -> events.add(outcome.toString())),
				(from, message) -> events.add("last " + message.asText()));
		assertThat(events.next()).isEqualTo(new Outcome(true, 1).toString());
		assertThat(events.next()).isEqualTo("last 1");
	}

	@Test
	void aNegativeNumberIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> Since.last(-1)).withMessageContaining("-1");
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theHistoryMayBeInRedis() throws Exception {
		try (RedisServer redis = RedisServer.start();
				TestServer other = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.pubsub.engine=redis", "iodine.redis.url=redis://127.0.0.1:" + redis.port())) {
			PubSub shared = other.pubSub();
			String known = publish(shared, 0);
			publish(shared, 1);
			try (WebSocketPeer peer = connect(other)) {
				subscribe(Since.id(known));
				assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=1]");
				publish(shared, 2);
				assertThat(next(peer, 2)).containsExactly("text 1", "text 2");

				subscribe(Since.last(1));
				assertThat(peer.next()).isEqualTo("text Outcome[recovered=true, missed=1]");
				publish(shared, 3);
				assertThat(next(peer, 2)).containsExactly("text 2", "text 3");
			}
		}
	}

	private void subscribe(Since since) {
		Connection client = this.handler.client();
		assertThat(client.subscribe(this.channel, since.onOutcome((outcome) -> client.write(outcome.toString()))))
			.isTrue();
	}

	private WebSocketPeer connect(TestServer to) {
		return WebSocketPeer.connect(to, to.serve(this.handler));
	}

	private String publish(PubSub through, int number) throws Exception {
		return through.publishConfirmed(this.channel, Message.text(Integer.toString(number)))
			.toCompletableFuture()
			.get(30, TimeUnit.SECONDS);
	}

	private void publishUnchecked(int number) {
		try {
			publish(this.pubSub, number);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<String> next(WebSocketPeer peer, int count) {
		return IntStream.range(0, count).mapToObj((i) -> peer.next()).toList();
	}

	private static List<String> texts(String prefix, int first, int last) {
		return IntStream.rangeClosed(first, last).mapToObj((i) -> prefix + i).toList();
	}

}
