package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.Message;
import io.iodine.Recovery;
import io.iodine.Recovery.Outcome;
import io.iodine.pubsub.HistorySettings;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisHistoryTests {

	private RedisServer redis;

	@BeforeEach
	void start() {
		this.redis = RedisServer.start();
	}

	@AfterEach
	void stop() {
		this.redis.close();
	}

	@Test
	void aClientResumesAtAnotherProcess() throws Exception {
		try (RedisNode first = node(100, Duration.ofMinutes(1)); RedisNode second = node(100, Duration.ofMinutes(1))) {
			String id = publishAndGetId(first, "1");
			first.pubSub.publish("chat", "2");
			first.pubSub.publishConfirmed("chat", Message.binary(new byte[] { (byte) 0xFF }))
				.toCompletableFuture()
				.get(20, TimeUnit.SECONDS);

			Outcome outcome = resume(second, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);
			first.pubSub.publish("chat", "4");

			assertThat(outcome).isEqualTo(new Outcome(true, 2));
			assertThat(second.next(3)).containsExactly("2", "\uFFFD", "4");
		}
	}

	@Test
	void aHistoryThatIsTooShortOrAnotherIsTold() throws Exception {
		try (RedisNode node = node(2, Duration.ofMinutes(1))) {
			String id = publishAndGetId(node, "1");
			for (int i = 2; i <= 4; i++) {
				publishAndGetId(node, Integer.toString(i));
			}

			assertThat(resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
				.isEqualTo(new Outcome(false, 0));
			assertThat(resume(node, "other:4").outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
				.isEqualTo(new Outcome(false, 0));
		}
	}

	@Test
	void aRedisThatLostItsDataBeginsAnotherHistory() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			String id = publishAndGetId(node, "1");
			this.redis.kill();
			node.awaitDown();
			this.redis.restart();
			node.awaitUp();
			publishAndGetId(node, "2");

			Outcome outcome = resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);

			assertThat(outcome.recovered()).isFalse();
		}
	}

	@Test
	void channelsWithHistoryWaitForRedisEvenWhenOthersAreDeliveredHere() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			node.hear("chat", false, (channel, message) -> node.heard.add(message.asText() + message.id().isPresent()));
			this.redis.kill();
			node.awaitDown();

			node.pubSub.publish("chat", "1");
			this.redis.restart();

			assertThat(node.next()).isEqualTo("1true");
		}
	}

	@Test
	void aForeignMessageIsHeardWithoutAnId() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			node.hear("chat", false, (channel, message) -> node.heard.add(message.asText() + message.id().isPresent()));
			RedisNode.awaitTrue("confirmed", () -> node.engine.unconfirmed() == 0);

			this.redis.cli("PUBLISH", "chat", "foreign");

			assertThat(node.next()).isEqualTo("foreignfalse");
		}
	}

	@Test
	void clientsThatComeBackAgainAndAgainMissNothing() throws Exception {
		try (RedisNode publishing = node(3_000, Duration.ofMinutes(1));
				RedisNode node = node(3_000, Duration.ofMinutes(1))) {
			String[] last = { publishAndGetId(publishing, "0") };
			List<String> heard = new ArrayList<>();
			Thread publisher = new Thread(() -> IntStream.rangeClosed(1, 2_000)
				.forEach((i) -> publishing.pubSub.publish("chat", Integer.toString(i))));
			publisher.start();

			for (int cut = 0; !"2000".equals(heard.isEmpty() ? "" : heard.get(heard.size() - 1)); cut++) {
				assertThat(cut).isLessThan(5_000);
				ArrayList<String> now = new ArrayList<>();
				boolean[] open = { true };
				Recovery recovery = node.pubSub.subscribe("chat", last[0], (channel, message) -> {
					synchronized (now) {
						if (open[0]) {
							now.add(message.asText());
							last[0] = message.id().orElseThrow();
						}
					}
				});
				assertThat(recovery.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS).recovered()).isTrue();
				recovery.close();
				synchronized (now) {
					open[0] = false;
				}
				heard.addAll(now);
			}
			publisher.join();

			assertThat(heard).isEqualTo(IntStream.rangeClosed(1, 2_000).mapToObj(Integer::toString).toList());
		}
	}

	@Test
	void aRedisThatComesBackWithAnOlderStateBeginsAnotherHistory() throws Exception {
		this.redis.close();
		this.redis = RedisServer.start("--save", "3600 1");
		try (RedisNode node = node(1_000, Duration.ofMinutes(1))) {
			String id = "";
			for (int i = 0; i < 5; i++) {
				id = publishAndGetId(node, "kept " + i);
			}
			this.redis.cli("SAVE");
			for (int i = 0; i < 5; i++) {
				id = publishAndGetId(node, "lost " + i);
			}
			this.redis.kill();
			node.awaitDown();
			this.redis.restart();
			node.awaitUp();

			Outcome before = resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);
			for (int i = 0; i < 6; i++) {
				publishAndGetId(node, "new " + i);
			}
			Outcome after = resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);

			assertThat(before.recovered()).isFalse();
			assertThat(after.recovered()).isFalse();
			assertThat(texts(node, 100)).hasSize(11).endsWith("new 4", "new 5");
		}
	}

	@Test
	void aHistoryWhoseMetaKeyIsLostGoesOnUnderAnotherName() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			String id = publishAndGetId(node, "1");
			this.redis.cli("DEL", "iodine:history-meta:{chat}");

			String next = publishAndGetId(node, "2");
			publishAndGetId(node, "3");

			assertThat(epoch(next)).isNotEqualTo(epoch(id));
			assertThat(resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS).recovered())
				.isFalse();
			assertThat(resume(node, next).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
				.isEqualTo(new Outcome(true, 1));
			this.redis.cli("XTRIM", "iodine:history:{chat}", "MAXLEN", "0");
			this.redis.cli("DEL", "iodine:history-meta:{chat}");
			assertThat(publishAndGetId(node, "4")).isNotNull();
			assertThat(node.lost).hasValue(0);
		}
	}

	@Test
	void readingWritesNothingSoItWorksWhenRedisIsFull() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			String id = publishAndGetId(node, "1");
			publishAndGetId(node, "2");
			this.redis.cli("CONFIG", "SET", "maxmemory", "1kb");

			Outcome outcome = resume(node, id).outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);

			assertThat(outcome).isEqualTo(new Outcome(true, 1));
			assertThat(texts(node, 1)).containsExactly("2");
			assertThat(node.pubSub.publishConfirmed("chat", Message.text("3")).toCompletableFuture())
				.failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("OOM");
		}
	}

	@Test
	void aConfirmedMessageIsPublishedOnceUnderItsKey() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1)); RedisNode other = node(100, Duration.ofMinutes(1))) {
			node.hear("chat", false, (channel, message) -> node.heard.add(message.asText() + message.id().orElse("")));
			node.awaitConfirmed();

			String first = confirmed(node, "1", "order 7");
			String again = confirmed(other, "1", "order 7");
			String next = confirmed(node, "2", "order 8");

			assertThat(again).isEqualTo(first);
			assertThat(node.next(2)).containsExactly("1" + first, "2" + next);
			assertThat(texts(other, 5)).containsExactly("1", "2");
			assertThat(other.pubSub.publishConfirmed("news", Message.text("1")).toCompletableFuture())
				.failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("iodine.pubsub.history.channels");
		}
	}

	@Test
	void aConfirmationFailsWhenTheConnectionBreaks() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			this.redis.freeze();
			CompletableFuture<String> confirmation = node.pubSub.publishConfirmed("chat", Message.text("1"), "key")
				.toCompletableFuture();
			this.redis.kill();

			assertThat(confirmation).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("did not confirm");
			this.redis.restart();
			node.awaitUp();
			assertThat(confirmed(node, "1", "key")).endsWith(":1");
		}
	}

	@Test
	void aMessageLostBeforeAQuietHourIsNoticed() throws Exception {
		RedisSettings settings = new RedisSettings("", OutagePolicy.LOCAL, 1_000, 1 << 20, Duration.ofMillis(200), 0);
		try (RedisNode node = new RedisNode(RedisURI.create("127.0.0.1", this.redis.port()), settings,
				new HistorySettings(List.of("chat*"), 100, Duration.ofMinutes(1), 10))) {
			node.awaitUp();
			node.subscribe("chat");
			confirmed(node, "1", "1");
			node.next();

			this.redis.cli("HINCRBY", "iodine:history-meta:{chat}", "offset", "1");
			this.redis.cli("XADD", "iodine:history:{chat}", "2-0", "t", "9999999999999", "m", "unheard");

			RedisNode.awaitTrue("a gap is told", () -> node.gaps.size() == 1);
			confirmed(node, "3", "3");
			assertThat(node.next()).isEqualTo("chat 3");
		}
	}

	@Test
	void scriptsThatRedisForgotAreLoadedAgain() throws Exception {
		try (RedisNode node = node(100, Duration.ofMinutes(1))) {
			confirmed(node, "1", "1");
			this.redis.cli("SCRIPT", "FLUSH");

			RedisNode.awaitTrue("published again", () -> {
				try {
					return confirmed(node, "2", "2").endsWith(":2");
				}
				catch (Exception ex) {
					return false;
				}
			});
			assertThat(texts(node, 5)).containsExactly("1", "2");
		}
	}

	@Test
	void theHistoryIsReadOnceTheSubscriptionIsConfirmed() throws Exception {
		try (RedisNode publishing = node(100, Duration.ofMinutes(1));
				RedisNode node = node(100, Duration.ofMinutes(1))) {
			String id = confirmed(publishing, "0", "0");
			for (int round = 0; round < 50; round++) {
				for (int i = 0; i < 200; i++) {
					node.pubSub.subscribeDirect("other " + round + " " + i, false, (channel, message) -> {
					});
				}
				BlockingQueue<String> heard = new LinkedBlockingQueue<>();
				Recovery recovery = node.pubSub.subscribe("chat", id,
						(channel, message) -> heard.add(message.asText()));
				CompletableFuture<String> published = new CompletableFuture<>();
				recovery.outcome()
					.thenRun(() -> publishing.pubSub.publishConfirmed("chat", Message.text("next"))
						.whenComplete((position, failure) -> published.complete(String.valueOf(position))));

				assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("next");
				id = published.get(20, TimeUnit.SECONDS);
				recovery.close();
			}
		}
	}

	private static String confirmed(RedisNode node, String text, String key) throws Exception {
		return node.pubSub.publishConfirmed("chat", Message.text(text), key)
			.toCompletableFuture()
			.get(20, TimeUnit.SECONDS);
	}

	private static List<String> texts(RedisNode node, int last) throws Exception {
		return node.pubSub.history("chat", last)
			.toCompletableFuture()
			.get(20, TimeUnit.SECONDS)
			.stream()
			.map(Message::asText)
			.toList();
	}

	private static String epoch(String id) {
		return id.substring(0, id.lastIndexOf(':'));
	}

	private RedisNode node(int size, Duration timeToLive) {
		RedisNode node = new RedisNode(RedisURI.create("127.0.0.1", this.redis.port()),
				RedisEngineTests.settings("", OutagePolicy.LOCAL),
				new HistorySettings(List.of("chat*"), size, timeToLive, 10));
		node.awaitUp();
		return node;
	}

	private static Recovery resume(RedisNode node, String id) {
		return node.pubSub.subscribe("chat", id, (channel, message) -> node.heard.add(message.asText()));
	}

	private static String publishAndGetId(RedisNode node, String text) throws InterruptedException {
		Runnable end = node.hear("chat", false, (channel, message) -> node.heard.add(message.id().orElseThrow()));
		node.pubSub.publish("chat", text);
		String id = node.next();
		end.run();
		return id;
	}

}
