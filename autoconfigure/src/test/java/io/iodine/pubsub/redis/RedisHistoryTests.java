package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
			first.pubSub.publish("chat", Message.binary(new byte[] { (byte) 0xFF }));

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
