package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.Presence;
import io.iodine.Recovery.Outcome;
import io.iodine.pubsub.HistorySettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
class RedisClusterTests {

	private static RedisCluster cluster;

	@BeforeAll
	static void start() {
		cluster = RedisCluster.start(3, 0);
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 16 })
	void manyChannelsOfAllServersKeepTheirOrder(int partitions) {
		try (RedisNode first = node("order" + partitions + ":", partitions);
				RedisNode second = node("order" + partitions + ":", partitions)) {
			List<List<String>> heard = new ArrayList<>();
			for (int channel = 0; channel < 50; channel++) {
				List<String> list = new CopyOnWriteArrayList<>();
				heard.add(list);
				second.hear("c" + channel, false, (from, message) -> list.add(message.asText()));
			}
			second.awaitConfirmed();

			for (int i = 0; i < 10_000; i++) {
				first.pubSub.publish("c" + i % 50, Integer.toString(i));
			}

			for (int channel = 0; channel < 50; channel++) {
				int begin = channel;
				List<String> list = heard.get(channel);
				RedisNode.awaitTrue("all is heard", () -> list.size() == 200);
				assertThat(list)
					.isEqualTo(IntStream.range(0, 200).mapToObj((i) -> Integer.toString(begin + 50 * i)).toList());
			}
			assertThat(first.lost).hasValue(0);
		}
	}

	@Test
	void whoIsOnAChannelIsKnownWhereverItsServerIs() {
		try (RedisNode first = node("who:", 0); RedisNode second = node("who:", 0)) {
			for (RedisNode node : List.of(first, second)) {
				node.pubSub.keepPresenceIn(node.engine.presence(Duration.ofSeconds(30)));
			}
			for (int channel = 0; channel < 20; channel++) {
				first.pubSub.presence("c" + channel).join("Ada");
			}

			for (int channel = 0; channel < 20; channel++) {
				Presence presence = second.pubSub.presence("c" + channel);
				RedisNode.awaitTrue("Ada is there",
						() -> presence.members().toCompletableFuture().join().equals(Set.of("Ada")));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 16 })
	void aChannelAndPatternsThatMatchItHearAMessageOnceEach(int partitions) throws Exception {
		try (RedisNode node = node("once" + partitions + ":", partitions);
				RedisNode other = node("once" + partitions + ":", partitions)) {
			node.subscribe("cat");
			node.subscribePattern("c*");
			node.subscribePattern("*t");

			for (int i = 0; i < 100; i++) {
				other.pubSub.publish("cat", "same");
			}
			List<String> heard = node.next(300);
			other.pubSub.publish("cat", "end");

			assertThat(heard).filteredOn("cat same"::equals).hasSize(100);
			assertThat(heard).filteredOn("c* cat same"::equals).hasSize(100);
			assertThat(heard).filteredOn("*t cat same"::equals).hasSize(100);
			assertThat(node.next(3)).containsExactlyInAnyOrder("cat end", "c* cat end", "*t cat end");
		}
	}

	@Test
	void foreignPublishersReachAChannelThroughAnyServer() throws Exception {
		try (RedisNode node = node("foreign:", 0)) {
			node.subscribe("chat");
			node.subscribePattern("n*");

			for (RedisServer server : cluster.servers()) {
				server.cli("PUBLISH", "foreign:chat", "hello");
				assertThat(node.next()).isEqualTo("chat hello");
				server.cli("PUBLISH", "foreign:news", "flash");
				assertThat(node.next()).isEqualTo("n* news flash");
			}
		}
	}

	@Test
	void foreignPublishersReachAShardedChannelByItsName() throws Exception {
		try (RedisNode node = node("foreign:", 16)) {
			node.subscribe("chat");
			int slot = Integer.parseInt(cluster.servers().get(0).cli("CLUSTER", "KEYSLOT", "chat"));
			String name = "{" + slot % 16 + "}foreign:chat";

			cluster.ownerOf(name).cli("SPUBLISH", name, "hello");

			assertThat(node.next()).isEqualTo("chat hello");
		}
	}

	@Test
	void whatCameAndWentLeavesNothingOnAnyServer() {
		try (RedisNode node = node("churn:", 16)) {
			for (int i = 0; i < 5_000; i++) {
				node.hear("c" + i % 500, i % 3 == 0, (channel, message) -> {
				}).run();
			}

			for (RedisServer server : cluster.servers()) {
				RedisNode.awaitTrue("the server knows no channel",
						() -> node.engine.unconfirmed() == 0 && server.cli("PUBSUB", "SHARDCHANNELS").isEmpty());
			}
			assertThat(node.engine.status().up()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 16 })
	void aClientResumesAtAnotherProcess(int partitions) throws Exception {
		HistorySettings history = new HistorySettings(List.of("chat*"), 100, Duration.ofMinutes(1), 10);
		RedisSettings settings = settings("history" + partitions + ":", partitions);
		try (RedisNode first = new RedisNode(cluster.client(), settings, history);
				RedisNode second = new RedisNode(cluster.client(), settings, history)) {
			first.awaitUp();
			second.awaitUp();
			for (String channel : List.of("chat1", "chat2", "chat3")) {
				first.hear(channel, false, (from, message) -> first.heard.add(message.id().orElseThrow()));
				first.pubSub.publish(channel, "1");
				String id = first.next();
				first.pubSub.publish(channel, "2");
				first.next();

				Outcome outcome = second.pubSub
					.subscribe(channel, id, (from, message) -> second.heard.add(message.asText()))
					.outcome()
					.toCompletableFuture()
					.get(20, TimeUnit.SECONDS);
				first.pubSub.publish(channel, "3");

				assertThat(outcome).isEqualTo(new Outcome(true, 1));
				assertThat(second.next(2)).containsExactly("2", "3");
				first.next();
			}
		}
	}

	@Test
	void commandsFindTheServerOfTheirKey() throws Exception {
		try (RedisNode node = node("", 0)) {
			for (String key : List.of("a", "b", "c", "d")) {
				assertThat(answer(node, "SET", key, "value of " + key)).isEqualTo("OK");
				assertThat(answer(node, "GET", key)).isEqualTo("value of " + key);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 16 })
	void aReplicaTakesOverAndEverySubscriptionIsBack(int partitions) throws Exception {
		try (RedisCluster own = RedisCluster.start(3, 3);
				RedisNode node = new RedisNode(own.client(), settings("", partitions), HistorySettings.NONE)) {
			node.awaitUp();
			for (int i = 0; i < 100; i++) {
				node.hear("c" + i, false, (from, message) -> node.heard.add(from));
			}
			node.subscribePattern("p*");
			int slot = Integer.parseInt(own.servers().get(0).cli("CLUSTER", "KEYSLOT", "c0"));
			RedisServer master = own.ownerOf((partitions > 0) ? "{" + slot % partitions + "}" : "c0");
			String id = master.cli("CLUSTER", "MYID");
			RedisServer witness = own.servers().get((own.servers().get(0) == master) ? 1 : 0);

			master.kill();
			RedisNode.awaitTrue("a replica took over",
					() -> witness.cli("CLUSTER", "NODES")
						.lines()
						.noneMatch((line) -> line.startsWith(id) && line.split(" ").length > 8)
							&& witness.cli("CLUSTER", "INFO").contains("cluster_state:ok"));
			RedisNode.awaitTrue("messages come through again",
					() -> node.engine.status().up() && node.pubSub.publish("c0", "1") && hears(node, "c0"));
			node.awaitUp();
			node.awaitConfirmed();
			node.heard.clear();
			for (int i = 0; i < 100; i++) {
				node.pubSub.publish("c" + i, "after");
			}
			node.pubSub.publish("pattern", "after");

			assertThat(node.next(101)).contains("c0", "c99", "p* pattern after");
		}
	}

	@Test
	void aSlotThatMovesTakesItsChannelsAlong() throws Exception {
		try (RedisCluster own = RedisCluster.start(2, 0);
				RedisNode node = new RedisNode(own.client(), settings("", 16), HistorySettings.NONE)) {
			node.awaitUp();
			node.subscribe("chat");
			int channelSlot = Integer.parseInt(own.servers().get(0).cli("CLUSTER", "KEYSLOT", "chat"));
			String tag = "{" + channelSlot % 16 + "}";
			String slot = own.servers().get(0).cli("CLUSTER", "KEYSLOT", tag);
			RedisServer from = own.ownerOf(tag);
			RedisServer to = own.servers().get((own.servers().get(0) == from) ? 1 : 0);
			String target = to.cli("CLUSTER", "MYID");

			// only a server that was importing takes the slot with a new epoch, which
			// others
			// believe
			to.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", from.cli("CLUSTER", "MYID"));
			from.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
			to.cli("CLUSTER", "SETSLOT", slot, "NODE", target);
			from.cli("CLUSTER", "SETSLOT", slot, "NODE", target);
			RedisNode.awaitTrue("the move is noticed", () -> !node.gaps.isEmpty());
			node.awaitUp();
			to.cli("SPUBLISH", tag + "chat", "at its new server");

			assertThat(node.next()).isEqualTo("chat at its new server");
		}
	}

	private static boolean hears(RedisNode node, String expected) {
		try {
			String next = node.heard.poll(200, TimeUnit.MILLISECONDS);
			return expected.equals(next);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object answer(RedisNode node, String name, String... args) throws Exception {
		return node.engine.commands().command(name, args).toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	private static RedisNode node(String prefix, int partitions) {
		RedisNode node = new RedisNode(cluster.client(), settings(prefix, partitions), HistorySettings.NONE);
		node.awaitUp();
		return node;
	}

	private static RedisSettings settings(String prefix, int partitions) {
		return new RedisSettings(prefix, OutagePolicy.LOCAL, 65_536, 64 << 20, Duration.ofSeconds(10), partitions);
	}

}
