package io.iodine.connection;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Recovery;
import io.iodine.pubsub.redis.RedisServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of event streams that come back with the id they saw last. */
@SuppressWarnings("try") // some peers need only be there
@Tag("clear-text") // whose clients know no certificate
@OnEachWebServer
class SseResumeTests {

	private static final String RESET = "event: reset\ndata: {\"recovered\":false}\n\n";

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	@AutoClose
	private static TestServer server;

	private PubSub pubSub;

	private final String channel = "kept " + NUMBERS.incrementAndGet() + "/";

	private String path;

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.pubsub.history.channels=kept*", "iodine.pubsub.history.size=2000");
	}

	@BeforeEach
	void prepare() {
		this.pubSub = server.pubSub();
		this.path = server.serve(following("a"));
	}

	@Test
	void aNewcomerIsToldWhereItIsAndThenGetsIdsOfMessages() {
		try (RawPeer peer = follow(this.path)) {
			String id = idOf(peer.event());

			publish("a", "1");
			publish("a", "2");

			assertThat(peer.event()).isEqualTo("id: " + plus(id, 1) + "\ndata: 1\n\n");
			assertThat(peer.event()).isEqualTo("id: " + plus(id, 2) + "\ndata: 2\n\n");
		}
	}

	@Test
	void whoComesBackGetsWhatItMissedAndThenWhatIsNew() {
		String seen = seenOf(this.path);
		publish("a", "1");
		publish("a", "2");

		try (RawPeer peer = follow(this.path, seen)) {
			String missed = peer.event() + peer.event();
			publish("a", "3");

			assertThat(missed)
				.isEqualTo("id: " + plus(seen, 1) + "\ndata: 1\n\nid: " + plus(seen, 2) + "\ndata: 2\n\n");
			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 3) + "\ndata: 3\n\n");
		}
	}

	@Test
	void whoMissedNothingHearsOnlyWhatIsNew() {
		String seen = seenOf(this.path);

		try (RawPeer peer = follow(this.path, seen); RawPeer witness = follow(this.path)) {
			witness.event();
			publish("a", "1");

			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 1) + "\ndata: 1\n\n");
		}
	}

	@Test
	void aHandlerMaySubscribeLater() {
		Recorder later = new Recorder();
		String seen = seenOf(this.path);
		publish("a", "1");

		try (RawPeer peer = follow(server.serve(later), seen)) {
			later.client().write("first");
			later.client().subscribe(this.channel + "a");

			assertThat(peer.event()).isEqualTo("data: first\n\n");
			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 1) + "\ndata: 1\n\n");
		}
	}

	@Test
	void whatAHandlerPublishesAfterItSubscribedIsHeard() {
		ConnectionHandler greeting = new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				client.subscribe(SseResumeTests.this.channel + "a");
				client.publish(SseResumeTests.this.channel + "a", "joined");
			}

		};
		String again = server.serve(greeting);

		try (RawPeer peer = follow(again)) {
			String event = peer.event();
			while (!event.contains("data")) {
				event = peer.event();
			}
			String id = idOf(event);
			try (RawPeer second = follow(again, id)) {
				assertThat(second.event()).isEqualTo("id: " + plus(id, 1) + "\ndata: joined\n\n");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "garbage", "other:1", ":", ",", "-", "1:-1", "1f-x:-5", "1f-x:99999999999999999999",
			"1f-x:9223372036854775808", "a,b,c,d,e,f,g,h,i,j", "\u00e4-\u00e4:1", "%00:1", "null" })
	void whatWasNeverGivenOutIsToldAndNothingElseHappens(String id) {
		try (RawPeer peer = follow(this.path, id)) {
			String reset = peer.event();
			publish("a", "1");

			assertThat(reset).matches("id: .*:0\n" + escaped(RESET));
			assertThat(peer.event()).isEqualTo("id: " + plus(idOf(reset), 1) + "\ndata: 1\n\n");
		}
	}

	@Test
	void anEndlessIdIsNotRead() {
		try (RawPeer peer = follow(this.path, "1f-x:1,".repeat(700))) {
			assertThat(peer.event()).endsWith(RESET);
		}
	}

	@Test
	void aPositionThatWasNotYetReachedOrOfAnotherEpochIsTold() {
		String seen = seenOf(this.path);
		String epoch = seen.substring(0, seen.indexOf(':'));

		try (RawPeer future = follow(this.path, plus(seen, 7)); RawPeer other = follow(this.path, epoch + "x:0")) {
			assertThat(future.event()).isEqualTo("id: " + seen + "\n" + RESET);
			assertThat(other.event()).isEqualTo("id: " + seen + "\n" + RESET);
		}
	}

	@Test
	void aHistoryThatIsTooShortIsToldAndTheStreamGoesOnFromThere() {
		String seen = seenOf(this.path);
		IntStream.rangeClosed(1, 2001).forEach((i) -> publish("a", Integer.toString(i)));

		try (RawPeer peer = follow(this.path, seen)) {
			String reset = peer.event();
			publish("a", "new");

			assertThat(reset).isEqualTo("id: " + plus(seen, 2001) + "\n" + RESET);
			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 2002) + "\ndata: new\n\n");
		}
	}

	@Test
	void twoChannelsHaveTheirIdsJoined() {
		String both = server.serve(following("a", "b"));
		String seen;
		try (RawPeer peer = follow(both)) {
			seen = idOf(lastPositionOf(peer, 2));
			publish("a", "1");
			String a = peer.event();
			publish("b", "2");
			String b = peer.event();

			String[] start = seen.split(",", -1);
			assertThat(a).isEqualTo("id: " + plus(start[0], 1) + "," + start[1] + "\ndata: 1\n\n");
			assertThat(b).isEqualTo("id: " + plus(start[0], 1) + "," + plus(start[1], 1) + "\ndata: 2\n\n");
			seen = idOf(a);
		}

		try (RawPeer peer = follow(both, seen)) {
			String[] start = seen.split(",", -1);
			assertThat(peer.event()).isEqualTo("id: " + start[0] + "," + plus(start[1], 1) + "\ndata: 2\n\n");
			publish("a", "3");
			assertThat(peer.event()).isEqualTo("id: " + plus(start[0], 1) + "," + plus(start[1], 1) + "\ndata: 3\n\n");
		}
	}

	@Test
	void aChannelThatIsSubscribedToLaterStaysInTheIdUntilThen() {
		String seen;
		try (RawPeer peer = follow(server.serve(following("a", "b")))) {
			seen = idOf(lastPositionOf(peer, 2));
		}
		publish("b", "missed");
		String[] start = seen.split(",", -1);
		Recorder later = new Recorder() {

			@Override
			public void onOpen(Connection client) throws Exception {
				client.subscribe(SseResumeTests.this.channel + "a");
				super.onOpen(client);
			}

		};

		try (RawPeer peer = follow(server.serve(later), seen)) {
			later.client();
			publish("a", "1");
			String first = peer.event();
			later.client().subscribe(this.channel + "b");

			assertThat(first).isEqualTo("id: " + plus(start[0], 1) + "," + start[1] + "\ndata: 1\n\n");
			assertThat(peer.event())
				.isEqualTo("id: " + plus(start[0], 1) + "," + plus(start[1], 1) + "\ndata: missed\n\n");
		}
	}

	@Test
	void aChannelThatWasLeftIsForgotten() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = follow(server.serve(recorder))) {
			recorder.client().subscribe(this.channel + "a");
			peer.event();
			recorder.client().subscribe(this.channel + "b");
			String both = idOf(peer.event());
			recorder.client().unsubscribe(this.channel + "a");
			publish("b", "1");

			assertThat(peer.event()).isEqualTo("id: " + plus(both.split(",", -1)[1], 1) + "\ndata: 1\n\n");
		}
	}

	@Test
	void moreThanEightChannelsHaveNoIdsAndWhoComesBackIsToldSo() {
		String nine = server.serve(following("a", "b", "c", "d", "e", "f", "g", "h", "i"));
		try (RawPeer peer = follow(nine)) {
			String event = peer.event();
			while (!event.equals("id: -\n\n")) {
				event = peer.event();
			}
			publish("a", "1");
			publish("i", "2");

			// of different channels there is no order
			assertThat(List.of(peer.event(), peer.event())).containsExactlyInAnyOrder("data: 1\n\n", "data: 2\n\n");
		}

		try (RawPeer peer = follow(nine, "-")) {
			assertThat(IntStream.range(0, 10).mapToObj((i) -> peer.event()).filter((event) -> event.contains("reset")))
				.hasSize(9);
		}
	}

	@Test
	void idsOfTheApplicationStayAsTheyAreWhereItWritesThem() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = follow(server.serve(recorder))) {
			recorder.client().subscribe(this.channel + "a");
			String seen = idOf(peer.event());
			recorder.client().write(Message.text("written").id("mine"));
			String written = peer.event();

			this.pubSub.publish(this.channel + "a", Message.text("published").id("mine").event("news"));

			assertThat(written).isEqualTo("id: mine\ndata: written\n\n");
			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 1) + "\nevent: news\ndata: published\n\n");
		}
	}

	@Test
	void aPatternBringsMessagesWithoutTheIdsOfTheirChannels() {
		Recorder recorder = new Recorder();
		try (RawPeer peer = follow(server.serve(recorder))) {
			recorder.client().subscribePattern(this.channel + "*");
			recorder.client().subscribePattern("free " + this.channel + "*");

			this.pubSub.publish(this.channel + "a", Message.text("kept").event("news"));
			this.pubSub.publish("free " + this.channel, Message.text("free").id("mine"));

			assertThat(peer.event()).isEqualTo("event: news\ndata: kept\n\n");
			assertThat(peer.event()).isEqualTo("id: mine\ndata: free\n\n");
		}
	}

	@Test
	void nothingIsKeptForAStreamThatIsGoneAndHasNotHeardSo() {
		CompletableFuture<@Nullable Void> gate = new CompletableFuture<>();
		Recorder recorder = new Recorder();
		try (TestServer oneLoop = TestServer.start("iodine.workers=1", "iodine.pubsub.history.channels=kept*");
				RawPeer witness = RawPeer.eventStream(oneLoop, oneLoop.serve(following("a")))) {
			Connection client;
			try (RawPeer peer = RawPeer.eventStream(oneLoop, oneLoop.serve(recorder))) {
				client = recorder.client();
				client.subscribe(this.channel + "a");
				client.subscribe(this.channel + "b");
				lastPositionOf(peer, 2);
				client.defer(gate::join);
			}
			await().until(() -> !client.write("anything"));

			for (String text : List.of("first", "second")) {
				oneLoop.pubSub().publish(this.channel + "a", text);
				while (!witness.event().contains(text)) {
				}
			}

			assertThat(client.pending()).isZero();
			gate.complete(null);
		}
	}

	@Test
	void subscribingAgainGoesOnWhereItIs() {
		Recorder recorder = new Recorder();
		String seen = seenOf(this.path);
		publish("a", "1");
		try (RawPeer peer = follow(server.serve(recorder), seen)) {
			recorder.client().subscribe(this.channel + "a");
			recorder.client().subscribe(this.channel + "a");
			publish("a", "2");

			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 1) + "\ndata: 1\n\n");
			assertThat(peer.event()).isEqualTo("id: " + plus(seen, 2) + "\ndata: 2\n\n");
		}
	}

	@Test
	void aWebSocketResumesWithTheIdThatItsHandlerGaveIt() throws Exception {
		String seen = seenOf(this.path);
		publish("a", "1");

		Recovery recovery = this.pubSub.subscribe(this.channel + "a", seen, (name, message) -> {
		});

		assertThat(recovery.outcome().toCompletableFuture().get()).isEqualTo(new Recovery.Outcome(true, 1));
		recovery.close();
	}

	@Test
	void cutAgainAndAgainTheyEndWithTheWholeSequence() throws Exception {
		CutStreams streams = new CutStreams(server.port(), this.path, 50, 5, 1_000, 200, Duration.ofSeconds(60));

		CutStreams.Report report = streams.follow((number) -> publish("a", Integer.toString(number)));

		assertThat(report.wrong()).isEmpty();
		assertThat(report.resets()).isZero();
		assertThat(report.cuts()).isGreaterThan(100);
	}

	@Test
	void aHistoryTooShortForTheirAbsenceIsToldEachTime() throws Exception {
		try (TestServer forgetful = TestServer.start("iodine.pubsub.history.channels=kept*",
				"iodine.pubsub.history.size=3")) {
			CutStreams streams = new CutStreams(forgetful.port(), forgetful.serve(following("a")), 50, 5, 1_000, 200,
					Duration.ofSeconds(60));

			CutStreams.Report report = streams
				.follow((number) -> forgetful.pubSub().publish(this.channel + "a", Integer.toString(number)));

			assertThat(report.wrong()).isEmpty();
			assertThat(report.resets()).isPositive();
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void inRedisTooTheyEndWithTheWholeSequence() throws Exception {
		try (RedisServer redis = RedisServer.start();
				TestServer first = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.pubsub.history.size=2000", "iodine.redis.url=redis://127.0.0.1:" + redis.port())) {
			CutStreams streams = new CutStreams(first.port(), first.serve(following("a")), 50, 5, 1_000, 200,
					Duration.ofSeconds(60));

			CutStreams.Report report = streams
				.follow((number) -> first.pubSub().publish(this.channel + "a", Integer.toString(number)));

			assertThat(report.wrong()).isEmpty();
			assertThat(report.resets()).isZero();
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void whoFollowsWhileRedisIsLostCatchesUpOrIsTold() throws Exception {
		try (RedisServer redis = RedisServer.start();
				TestServer first = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.redis.url=redis://127.0.0.1:" + redis.port());
				TestServer second = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.redis.url=redis://127.0.0.1:" + redis.port());
				RawPeer peer = RawPeer.eventStream(first, first.serve(following("a")))) {
			String seen = idOf(peer.event());
			redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
			second.pubSub().publish(this.channel + "a", "1");
			second.pubSub().publish(this.channel + "a", "2");
			String event = peer.event();
			while (!event.contains("data: 2")) {
				assertThat(event).isEqualTo("id: " + plus(seen, 1) + "\ndata: 1\n\n");
				event = peer.event();
			}

			assertThat(event).isEqualTo("id: " + plus(seen, 2) + "\ndata: 2\n\n");
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void withRedisAnotherProcessGoesOn() {
		try (RedisServer redis = RedisServer.start();
				TestServer first = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.redis.url=redis://127.0.0.1:" + redis.port());
				TestServer second = TestServer.start("iodine.pubsub.history.channels=kept*",
						"iodine.redis.url=redis://127.0.0.1:" + redis.port())) {
			String both = first.serve(following("a", "b"));
			String seen;
			try (RawPeer peer = RawPeer.eventStream(first, both)) {
				seen = idOf(lastPositionOf(peer, 2));
			}
			first.pubSub().publish(this.channel + "b", "1");
			String[] start = seen.split(",", -1);

			try (RawPeer peer = new RawPeer(second.port())) {
				peer.get(both, "Accept: text/event-stream", "Last-Event-ID: " + seen).expect(200);

				assertThat(peer.event()).isEqualTo("id: " + start[0] + "," + plus(start[1], 1) + "\ndata: 1\n\n");
			}
		}
	}

	@Test
	void aSlowReaderIsNotFloodedWithWhatItMissed() {
		try (TestServer small = TestServer.start("iodine.pubsub.history.channels=kept*",
				"iodine.pubsub.history.size=2000", "iodine.send-queue.max-messages=20",
				"iodine.send-queue.max-size=100KB")) {
			String follow = small.serve(following("a"));
			String seen;
			try (RawPeer peer = RawPeer.eventStream(small, follow)) {
				seen = idOf(peer.event());
			}
			String text = "x".repeat(1_000);
			IntStream.rangeClosed(1, 2000).forEach((i) -> small.pubSub().publish(this.channel + "a", text + i));

			try (RawPeer peer = new RawPeer(small.port(), 16 * 1024)) {
				peer.get(follow, "Accept: text/event-stream", "Last-Event-ID: " + seen).expect(200);

				for (int i = 1; i <= 2000; i++) {
					assertThat(peer.event()).isEqualTo("id: " + plus(seen, i) + "\ndata: " + text + i + "\n\n");
				}
			}
		}
	}

	@Test
	void whatTheWayToAnEventLoopLosesIsReadFromTheHistory() {
		try (TestServer narrow = TestServer.start("iodine.pubsub.history.channels=kept*",
				"iodine.pubsub.history.size=5000", "iodine.pubsub.fanout.max-pending=2KB", "iodine.workers=1");
				RawPeer peer = RawPeer.eventStream(narrow, narrow.serve(following("a")))) {
			String seen = idOf(peer.event());

			IntStream.rangeClosed(1, 5000)
				.forEach((i) -> narrow.pubSub().publish(this.channel + "a", Integer.toString(i)));

			for (int i = 1; i <= 5000; i++) {
				assertThat(peer.event()).isEqualTo("id: " + plus(seen, i) + "\ndata: " + i + "\n\n");
			}
		}
	}

	private ConnectionHandler following(String... names) {
		List<String> channels = List.of(names).stream().map((name) -> this.channel + name).toList();
		return new ConnectionHandler() {

			@Override
			public void onOpen(Connection client) {
				channels.forEach(client::subscribe);
			}

		};
	}

	private void publish(String name, String text) {
		this.pubSub.publish(this.channel + name, text);
	}

	private static RawPeer follow(String path) {
		return RawPeer.eventStream(server, path);
	}

	private static RawPeer follow(String path, String lastEventId) {
		RawPeer peer = new RawPeer(server.port());
		peer.get(path, "Accept: text/event-stream", "Last-Event-ID: " + lastEventId).expect(200);
		return peer;
	}

	private static String seenOf(String path) {
		try (RawPeer peer = follow(path)) {
			return idOf(peer.event());
		}
	}

	/** Each channel that is added tells the position anew. */
	private static String lastPositionOf(RawPeer peer, int channels) {
		String event = peer.event();
		while (event.split(",", -1).length < channels) {
			event = peer.event();
		}
		return event;
	}

	private static String idOf(String event) {
		assertThat(event).startsWith("id: ");
		return event.substring(4, event.indexOf('\n'));
	}

	private static String plus(String id, int count) {
		int colon = id.indexOf(':');
		return id.substring(0, colon + 1) + (Long.parseLong(id.substring(colon + 1)) + count);
	}

	private static String escaped(String text) {
		return Pattern.quote(text);
	}

}
