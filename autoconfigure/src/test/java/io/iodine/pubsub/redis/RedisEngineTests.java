package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.Message;
import io.iodine.pubsub.HistorySettings;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisEngineTests {

	private static RedisServer redis;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
	}

	@AfterAll
	static void stop() {
		redis.close();
	}

	@Test
	void twoProcessesHearEachOtherAndThemselvesOnceInOrder() throws Exception {
		try (RedisNode first = node("order:"); RedisNode second = node("order:")) {
			first.subscribe("chat");
			second.subscribe("chat");
			List<String> expected = IntStream.range(0, 5_000).mapToObj((i) -> "chat " + i).toList();

			for (int i = 0; i < 5_000; i++) {
				assertThat(first.pubSub.publish("chat", Integer.toString(i))).isTrue();
			}
			first.pubSub.publish("chat", "end");

			assertThat(first.next(5_000)).isEqualTo(expected);
			assertThat(second.next(5_000)).isEqualTo(expected);
			assertThat(List.of(first.next(), second.next())).containsOnly("chat end");
			assertThat(first.lost).hasValue(0);
		}
	}

	@Test
	void aChannelAndPatternsThatMatchItHearAMessageOnceEach() throws Exception {
		try (RedisNode node = node("once:")) {
			node.subscribePattern("c*");
			node.subscribePattern("*t");

			node.pubSub.publish("cat", "same");
			node.pubSub.publish("cat", "same");
			List<String> byPatterns = node.next(4);
			node.subscribe("cat");
			node.pubSub.publish("cat", "same");
			node.pubSub.publish("cat", "same");
			List<String> byAll = node.next(6);
			node.pubSub.publish("cat", "end");

			assertThat(byPatterns).containsExactly("c* cat same", "*t cat same", "c* cat same", "*t cat same");
			assertThat(byAll).containsExactly("cat same", "c* cat same", "*t cat same", "cat same", "c* cat same",
					"*t cat same");
			assertThat(node.next()).isEqualTo("cat end");
		}
	}

	@Test
	void whoSubscribesAndPublishesAtOnceHearsItself() throws Exception {
		try (RedisNode node = node("self:")) {
			for (int i = 0; i < 200; i++) {
				String channel = "room" + i;
				node.hear(channel, false, (from, message) -> node.heard.add(from));

				node.pubSub.publish(channel, "hello");

				assertThat(node.next()).isEqualTo(channel);
			}
		}
	}

	@Test
	void foreignPublishersAndSubscribersInteroperate() throws Exception {
		try (RedisNode node = node("foreign[1]*:")) {
			node.hear("chat", false,
					(from, message) -> node.heard.add((message.isText() ? "text " : "binary ") + message.size()));
			node.subscribePattern("n?ws");

			redis.cli("PUBLISH", "foreign[1]*:chat", "héllo");
			String byChannel = node.next();
			redis.cli("PUBLISH", "foreign[1]*:news", "flash");
			String byPattern = node.next();
			node.pubSub.publish("chat", Message.binary(new byte[] { (byte) 0xFF, 0 }));

			assertThat(byChannel).isEqualTo("text 6");
			assertThat(byPattern).isEqualTo("n?ws news flash");
			assertThat(node.next()).isEqualTo("binary 2");
		}
	}

	@Test
	void applicationsWithDifferentPrefixesShareOneRedis() throws Exception {
		try (RedisNode one = node("one:"); RedisNode two = node("two:")) {
			one.subscribePattern("*");
			two.subscribePattern("*");

			one.pubSub.publish("chat", "for one");
			two.pubSub.publish("chat", "for two");

			assertThat(one.next()).isEqualTo("* chat for one");
			assertThat(two.next()).isEqualTo("* chat for two");
			assertThat(one.heard).isEmpty();
		}
	}

	@Test
	void subscriptionsThatComeAndGoLeaveNothing() {
		try (RedisNode node = node("churn:")) {
			Random random = new Random(7);
			for (int i = 0; i < 100_000; i++) {
				node.hear("c" + random.nextInt(5_000), i % 3 == 0, (channel, message) -> {
				}).run();
			}

			RedisNode.awaitTrue("Redis knows no channel",
					() -> redis.cli("PUBSUB", "CHANNELS", "churn:*").isEmpty() && node.engine.unconfirmed() == 0);
			assertThat(node.pubSub.channelCount()).isZero();
			assertThat(redis.cli("PUBSUB", "NUMPAT")).isEqualTo("0");
			assertThat(node.gaps).isEmpty();
		}
	}

	@Test
	void commandsAnswerInPlainValues() throws Exception {
		try (RedisNode node = node("")) {
			assertThat(answer(node, "SET", "key", "värde")).isEqualTo("OK");
			assertThat(answer(node, "GET", "key")).isEqualTo("värde");
			assertThat(answer(node, "GET", "no such key")).isNull();
			assertThat(answer(node, "DEL", "key")).isEqualTo(1L);
			assertThat(answer(node, "RPUSH", "list", "a", "b")).isEqualTo(2L);
			assertThat(answer(node, "LRANGE", "list", "0", "-1")).isEqualTo(List.of("a", "b"));
			assertThat(answer(node, "LRANGE", "none", "0", "-1")).isEqualTo(List.of());
			assertThat(answer(node, "CONFIG", "GET", "maxclients")).isEqualTo(Map.of("maxclients", "10000"));
			assertThat(answer(node, "EVAL", "return {1,{'x',{}},false}", "0")).asString()
				.isEqualTo("[1, [x, []], null]");
			assertThat(answer(node, "CLIENT", "LIST")).asString().contains("addr=127.0.0.1");
		}
	}

	@Test
	void commandsThatFailOrWouldBreakTheConnectionAreRefused() throws Exception {
		try (RedisNode node = node("")) {
			assertThatThrownBy(() -> answer(node, "INCR")).hasMessageContaining("wrong number of arguments");
			for (String name : List.of("SUBSCRIBE", "monitor", "MULTI", "BLPOP")) {
				assertThatThrownBy(() -> answer(node, name, "x")).rootCause()
					.isInstanceOf(IllegalArgumentException.class)
					.hasMessageStartingWith(name + " would block or change the connection");
			}
			assertThatThrownBy(() -> answer(node, "XREAD", "block", "0", "STREAMS", "s", "$")).rootCause()
				.isInstanceOf(IllegalArgumentException.class);
			assertThatThrownBy(() -> answer(node, "CLIENT", "reply", "OFF")).rootCause()
				.isInstanceOf(IllegalArgumentException.class);
			assertThat(answer(node, "PING")).isEqualTo("PONG");
		}
	}

	@Test
	void theUserThatTheDocumentationNamesIsEnough() throws Exception {
		redis.cli("ACL", "SETUSER", "app", "on", ">secret", "resetchannels", "&app:*", "&app:hist*", "~app:*",
				"+@pubsub", "+@connection", "+eval", "+evalsha", "+script|load", "+info", "+time", "+@read", "+@write");
		HistorySettings history = new HistorySettings(List.of("history*"), 10, Duration.ofMinutes(1), 10);
		RedisURI uri = RedisURI.builder()
			.withHost("127.0.0.1")
			.withPort(redis.port())
			.withAuthentication("app", "secret")
			.build();
		try (RedisNode node = new RedisNode(uri, settings("app:", OutagePolicy.LOCAL), history)) {
			node.subscribe("chat");
			node.subscribePattern("hist*");

			node.pubSub.publish("chat", "hi");
			node.pubSub.publish("history", "kept");

			assertThat(node.next(2)).containsExactly("chat hi", "hist* history kept");
			assertThat(node.engine.status().rejection()).isNull();
		}
	}

	@Test
	void whatIsPublishedJustBeforeTheEndStillLeaves() throws Exception {
		try (RedisNode listening = node("end:")) {
			listening.subscribe("job");
			try (RedisNode job = node("end:")) {
				for (int i = 0; i < 1_000; i++) {
					job.pubSub.publish("job", Integer.toString(i));
				}
			}

			assertThat(listening.next(1_000)).endsWith("job 999");
		}
	}

	@Test
	void aUserWhoMayNotRunScriptsIsNoticedBeforeAMessageIsLost() {
		redis.cli("ACL", "SETUSER", "noscripts", "on", ">secret", "~*", "&*", "+@all", "-eval", "-evalsha");
		RedisURI uri = RedisURI.builder()
			.withHost("127.0.0.1")
			.withPort(redis.port())
			.withAuthentication("noscripts", "secret")
			.build();
		HistorySettings history = new HistorySettings(List.of("chat*"), 10, Duration.ofMinutes(1), 10);
		try (RedisNode node = new RedisNode(uri, settings("", OutagePolicy.LOCAL), history)) {
			node.awaitUp();

			RedisNode.awaitTrue("the refusal is told", () -> node.engine.status().rejection() != null);

			assertThat(node.engine.status().rejection()).contains("eval").contains("ACL SETUSER");
			assertThat(node.lost).hasValue(0);
		}
	}

	@Test
	void aProbeOfTheHistoryLeavesNothing() {
		redis.cli("FLUSHALL");
		HistorySettings history = new HistorySettings(List.of("chat*"), 10, Duration.ofMinutes(1), 10);
		try (RedisNode node = new RedisNode(RedisURI.create("127.0.0.1", redis.port()),
				settings("", OutagePolicy.LOCAL), history)) {
			node.awaitUp();

			RedisNode.awaitTrue("no key is left", () -> redis.cli("DBSIZE").endsWith("0"));

			assertThat(node.engine.status().rejection()).isNull();
		}
	}

	@Test
	void aForbiddenChannelIsTold() {
		redis.cli("ACL", "SETUSER", "narrow", "on", ">secret", "resetchannels", "&mine:*", "+@all");
		RedisURI uri = RedisURI.builder()
			.withHost("127.0.0.1")
			.withPort(redis.port())
			.withAuthentication("narrow", "secret")
			.build();
		try (RedisNode node = new RedisNode(uri, settings("other:", OutagePolicy.LOCAL))) {
			node.awaitUp();

			node.pubSub.publish("chat", "hi");

			RedisNode.awaitTrue("the message is counted as lost", () -> node.lost.get() == 1);
			assertThat(node.engine.status().rejection()).contains("NOPERM");
		}
	}

	private static RedisNode node(String prefix) {
		RedisNode node = new RedisNode(redis, settings(prefix, OutagePolicy.LOCAL));
		node.awaitUp();
		return node;
	}

	static RedisSettings settings(String prefix, OutagePolicy whileDown) {
		return new RedisSettings(prefix, whileDown, 65_536, 64 << 20, Duration.ofSeconds(10), 0);
	}

	private static Object answer(RedisNode node, String name, String... args) throws Exception {
		return node.engine.commands().command(name, args).toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

}
