package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.iodine.PubSubGap;
import io.iodine.pubsub.HistorySettings;
import io.lettuce.core.RedisURI;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisOutageTests {

	private static final HistorySettings HISTORY = new HistorySettings(List.of("history*"), 10, Duration.ofMinutes(1),
			10);

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
	void startsWithoutRedisAndFindsItLater() throws Exception {
		this.redis.kill();
		try (RedisNode node = node(OutagePolicy.LOCAL)) {
			node.hear("chat", false, (from, message) -> node.heard.add(message.asText()));
			assertThat(node.engine.status().up()).isFalse();
			node.pubSub.publish("chat", "here");
			String alone = node.next();

			this.redis.restart();
			node.awaitUp();
			this.redis.cli("PUBLISH", "chat", "from elsewhere");

			assertThat(alone).isEqualTo("here");
			assertThat(node.next()).isEqualTo("from elsewhere");
			assertThat(node.gaps).hasSize(1);
		}
	}

	@Test
	void afterAKillEverySubscriptionIsBackAndTheGapIsTold() throws Exception {
		try (RedisNode node = node(OutagePolicy.LOCAL)) {
			for (int i = 0; i < 1_200; i++) {
				node.hear("c" + i, false, (from, message) -> node.heard.add(from));
			}
			node.subscribePattern("p*");

			this.redis.kill();
			node.awaitDown();
			this.redis.restart();
			node.awaitUp();

			assertThat(this.redis.cli("PUBSUB", "NUMSUB", "c0", "c1199")).isEqualTo("c0\n1\nc1199\n1");
			assertThat(this.redis.cli("PUBSUB", "NUMPAT")).isEqualTo("1");
			assertThat(node.gaps).singleElement()
				.extracting(PubSubGap::duration)
				.asInstanceOf(InstanceOfAssertFactories.DURATION)
				.isPositive()
				.isLessThan(Duration.ofSeconds(30));
		}
	}

	@Test
	void whileDownLocalDeliversHereAtOnceAndOnce() throws Exception {
		try (RedisNode node = node(OutagePolicy.LOCAL)) {
			node.subscribe("chat");
			this.redis.kill();
			node.awaitDown();

			node.pubSub.publish("chat", "1");
			node.pubSub.publish("chat", "2");
			List<String> during = node.next(2);
			this.redis.restart();
			node.awaitUp();
			node.pubSub.publish("chat", "3");

			assertThat(during).containsExactly("chat 1", "chat 2");
			assertThat(node.next()).isEqualTo("chat 3");
			assertThat(node.lost).hasValue(0);
		}
	}

	@Test
	void whileDownQueueSendsLaterInOrderBehindABound() throws Exception {
		RedisSettings settings = new RedisSettings("", OutagePolicy.QUEUE, 10, 64 << 20, Duration.ofSeconds(2), 0);
		try (RedisNode node = new RedisNode(this.redis, settings)) {
			node.awaitUp();
			node.subscribe("chat");
			this.redis.kill();
			node.awaitDown();

			for (int i = 0; i < 10; i++) {
				assertThat(node.pubSub.publish("chat", Integer.toString(i))).isTrue();
			}
			boolean overTheBound = node.pubSub.publish("chat", "too many");
			this.redis.restart();

			assertThat(overTheBound).isFalse();
			assertThat(node.lost).hasValue(1);
			assertThat(node.next(10)).first().isEqualTo("chat 0");
			RedisNode.awaitTrue("places are free again", () -> node.pubSub.publish("chat", "last"));
			assertThat(node.next()).isEqualTo("chat last");
		}
	}

	@Test
	void whileDownFailRefuses() {
		try (RedisNode node = node(OutagePolicy.FAIL)) {
			this.redis.kill();
			node.awaitDown();

			boolean scheduled = node.pubSub.publish("chat", "1");

			assertThat(scheduled).isFalse();
			assertThat(node.lost).hasValue(1);
			this.redis.restart();
			node.awaitUp();
			assertThat(node.pubSub.publish("chat", "2")).isTrue();
		}
	}

	@Test
	void aFrozenRedisIsNoticedByItsSilence() throws Exception {
		RedisSettings settings = new RedisSettings("", OutagePolicy.LOCAL, 65_536, 64 << 20, Duration.ofSeconds(2), 0);
		try (RedisNode node = new RedisNode(this.redis, settings)) {
			node.awaitUp();
			node.subscribe("chat");

			this.redis.freeze();
			node.awaitDown();
			node.pubSub.publish("chat", "alone");
			String alone = node.next();
			this.redis.thaw();
			node.awaitUp();
			node.pubSub.publish("chat", "together");

			assertThat(alone).isEqualTo("chat alone");
			assertThat(node.next()).isEqualTo("chat together");
			assertThat(node.gaps).hasSize(1);
		}
	}

	@Test
	void aKilledConnectionIsAGapTooThoughRedisNeverLeft() throws Exception {
		try (RedisNode node = node(OutagePolicy.LOCAL)) {
			node.subscribe("chat");

			this.redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
			RedisNode.awaitTrue("the gap is told", () -> !node.gaps.isEmpty());
			node.pubSub.publish("chat", "again");

			assertThat(node.next()).isEqualTo("chat again");
		}
	}

	@Test
	void aReplicaThatCanNotKeepHistoriesIsAwayUntilItIsAMaster() throws Exception {
		try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + this.redis.port());
				RedisNode node = new RedisNode(RedisURI.create("127.0.0.1", replica.port()),
						RedisEngineTests.settings("", OutagePolicy.LOCAL), HISTORY)) {
			RedisNode.awaitTrue("it was tried again",
					() -> replica.cli("INFO", "errorstats").matches("(?s).*errorstat_READONLY:count=[3-9].*"));
			String reason = node.engine.status().detail();
			List<PubSubGap> gaps = List.copyOf(node.gaps);

			replica.cli("REPLICAOF", "NO", "ONE");
			node.awaitUp();
			node.subscribe("history");
			node.pubSub.publish("history", "kept");

			assertThat(reason).startsWith("READONLY");
			assertThat(gaps).isEmpty();
			assertThat(node.next()).isEqualTo("history kept");
		}
	}

	@Test
	void aRedisThatRunsAScriptIsAwayAndRefusesNoSubscription() throws Exception {
		RedisSettings settings = new RedisSettings("", OutagePolicy.LOCAL, 65_536, 64 << 20, Duration.ofMinutes(1), 0);
		try (RedisNode node = new RedisNode(this.redis, settings)) {
			node.awaitUp();
			this.redis.cli("CONFIG", "SET", "lua-time-limit", "1");
			CompletableFuture<String> script = CompletableFuture
				.supplyAsync(() -> this.redis.cli("EVAL", "while true do end", "0"));
			RedisNode.awaitTrue("it runs", () -> this.redis.cli("PING").startsWith("BUSY"));

			node.hear("chat", false, (from, message) -> node.heard.add(message.asText()));
			node.awaitDown();
			this.redis.cli("SCRIPT", "KILL");
			node.awaitUp();
			this.redis.cli("PUBLISH", "chat", "after it");

			assertThat(script.orTimeout(30, TimeUnit.SECONDS).join()).contains("killed");
			assertThat(node.next()).isEqualTo("after it");
		}
	}

	@Test
	void aTimeoutOfZeroIsNone() {
		RedisURI uri = RedisURI.builder()
			.withHost("127.0.0.1")
			.withPort(this.redis.port())
			.withTimeout(Duration.ZERO)
			.build();
		try (RedisNode node = new RedisNode(uri, RedisEngineTests.settings("", OutagePolicy.LOCAL), HISTORY)) {
			node.awaitUp();
		}
	}

	@Test
	void aCommandFailsWhileRedisIsAway() {
		try (RedisNode node = node(OutagePolicy.LOCAL)) {
			this.redis.kill();
			node.awaitDown();

			assertThat(node.engine.commands().command("PING").toCompletableFuture()).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("Redis is away");
		}
	}

	private RedisNode node(OutagePolicy whileDown) {
		return new RedisNode(this.redis, RedisEngineTests.settings("", whileDown));
	}

}
