package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.iodine.connection.SilentProxy;
import io.iodine.pubsub.HistorySettings;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts what is delivered, lost, doubled and reordered; too slow for every build:
 * {@code -Dtest=RedisProof}.
 */
class RedisProof {

	private static final int SUBSCRIBERS = 1_000;

	private static final int MESSAGES = 1_500;

	@Test
	void twoProcessesWithAThousandSubscribersEach() {
		try (RedisServer redis = RedisServer.start();
				RedisNode first = new RedisNode(redis, RedisSettings.DEFAULTS);
				RedisNode second = new RedisNode(redis, RedisSettings.DEFAULTS)) {
			first.awaitUp();
			second.awaitUp();
			List<Sequence> sequences = new ArrayList<>();
			for (RedisNode node : List.of(first, second)) {
				for (int i = 0; i < SUBSCRIBERS; i++) {
					Sequence sequence = new Sequence();
					sequences.add(sequence);
					node.hear("room", false, (channel, message) -> sequence.hear(message.asText()));
				}
				node.awaitConfirmed();
			}
			long begin = System.nanoTime();

			for (int i = 0; i < MESSAGES; i++) {
				publish(first, "a" + i);
				publish(second, "b" + i);
			}
			RedisNode.awaitTrue("all is delivered",
					() -> sequences.stream().allMatch((sequence) -> sequence.heard >= 2 * MESSAGES));

			long deliveries = sequences.stream().mapToLong((sequence) -> sequence.heard).sum();
			long missing = 2L * MESSAGES * sequences.size() - deliveries;
			double seconds = (System.nanoTime() - begin) / 1e9;
			System.out.printf(
					"PROOF two processes: %d published, %d deliveries, %d missing, %d out of order; %.0f messages/s%n",
					2 * MESSAGES, deliveries, missing,
					sequences.stream().mapToInt((sequence) -> sequence.disorder).sum(), 2 * MESSAGES / seconds);
			assertThat(missing).isZero();
			assertThat(sequences).allMatch((sequence) -> sequence.disorder == 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void breaksWhileAMessageAMillisecondIsPublished(OutagePolicy whileDown) throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			count("kill and restart", whileDown, uri(redis.port()), () -> {
				redis.kill();
				redis.restart();
			});
			count("SIGSTOP for 2 s", whileDown, uri(redis.port()), () -> {
				redis.freeze();
				pause();
				redis.thaw();
			});
			count("subscriber connections killed", whileDown, uri(redis.port()),
					() -> redis.cli("CLIENT", "KILL", "TYPE", "pubsub"));
			try (SilentProxy proxy = new SilentProxy(redis.port())) {
				count("network silent for 2 s", whileDown, uri(proxy.port()), () -> {
					proxy.silence();
					pause();
					proxy.heal();
				});
			}
		}
		try (RedisSentinel sentinel = RedisSentinel.start()) {
			count("Sentinel, master killed", whileDown, () -> RedisClient.create(sentinel.uri()),
					() -> sentinel.master().kill());
		}
		try (RedisSentinel sentinel = RedisSentinel.start()) {
			count("Sentinel, master frozen", whileDown, () -> RedisClient.create(sentinel.uri()),
					() -> sentinel.master().freeze());
		}
		for (int partitions : new int[] { 0, 16 }) {
			try (RedisCluster cluster = RedisCluster.start(3, 3)) {
				int tag = Integer.parseInt(cluster.servers().get(0).cli("CLUSTER", "KEYSLOT", "room")) % 16;
				count((partitions == 0) ? "Cluster, a master killed" : "Cluster, sharded, a master killed", whileDown,
						partitions, cluster::client,
						() -> cluster.ownerOf((partitions == 0) ? "room" : "{" + tag + "}").kill());
			}
		}
	}

	private static void pause() throws InterruptedException {
		new CountDownLatch(1).await(2, TimeUnit.SECONDS);
	}

	private static Supplier<AbstractRedisClient> uri(int port) {
		return () -> RedisClient.create(RedisURI.create("127.0.0.1", port));
	}

	private static void count(String what, OutagePolicy whileDown, Supplier<AbstractRedisClient> client, Break broken)
			throws Exception {
		count(what, whileDown, 0, client, broken);
	}

	private static void count(String what, OutagePolicy whileDown, int partitions, Supplier<AbstractRedisClient> client,
			Break broken) throws Exception {
		ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
		RedisSettings settings = new RedisSettings("", whileDown, 65_536, 64 << 20, Duration.ofSeconds(1), partitions);
		try (RedisNode here = new RedisNode(client.get(), settings, HistorySettings.NONE);
				RedisNode there = new RedisNode(client.get(), settings, HistorySettings.NONE)) {
			here.awaitUp();
			there.awaitUp();
			here.subscribe("room");
			there.subscribe("room");
			AtomicInteger published = new AtomicInteger();
			AtomicLong refused = new AtomicLong();
			var ticking = ticks.scheduleAtFixedRate(() -> {
				if (!here.pubSub.publish("room", Integer.toString(published.getAndIncrement()))) {
					refused.incrementAndGet();
				}
			}, 0, 1, TimeUnit.MILLISECONDS);
			RedisNode.awaitTrue("half is published", () -> published.get() > 1_000);

			broken.happen();
			// One of two connections to a cluster may never have known the server.
			RedisNode.awaitTrue("who noticed is back",
					() -> ((!here.gaps.isEmpty() && !there.gaps.isEmpty()) || what.startsWith("Cluster, a"))
							&& here.engine.status().up() && there.engine.status().up());
			int soFar = published.get();
			RedisNode.awaitTrue("the other half is published", () -> published.get() > soFar + 1_000);
			ticking.cancel(false);
			ticks.shutdown();
			assertThat(ticks.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
			here.awaitUp();
			there.awaitUp();
			here.pubSub.publish("room", "end");

			System.out.printf("PROOF | %s | %s | %d | %d | %s | %s | %d | %s |%n", what,
					whileDown.name().toLowerCase(Locale.ROOT), published.get(), refused.get(), tally(here),
					tally(there), here.lost.get() - refused.get(),
					here.gaps.stream().map((gap) -> gap.duration().toMillis() + " ms").toList());
		}
	}

	/**
	 * How many different messages were heard, how many twice, how many behind a later
	 * one.
	 */
	private static String tally(RedisNode node) throws InterruptedException {
		HashSet<String> seen = new HashSet<>();
		int doubled = 0;
		int late = 0;
		int newest = -1;
		for (String next = node.next(); !next.equals("room end"); next = node.next()) {
			if (!seen.add(next)) {
				doubled++;
			}
			int number = Integer.parseInt(next.substring("room ".length()));
			late += (number < newest) ? 1 : 0;
			newest = Math.max(newest, number);
		}
		assertThat(doubled).isZero();
		assertThat(late).isZero();
		return seen.size() + " / " + doubled + " / " + late;
	}

	private static void publish(RedisNode node, String text) {
		RedisNode.awaitTrue("there is a place", () -> node.pubSub.publish("room", text));
	}

	/** What happens to Redis. */
	private interface Break {

		void happen() throws Exception;

	}

	/** What one subscriber heard, owned by the delivering thread. */
	private static final class Sequence {

		private final int[] next = new int[2];

		private volatile int heard;

		private int disorder;

		@SuppressWarnings("NonAtomicVolatileUpdate")
		void hear(String text) {
			int publisher = text.charAt(0) - 'a';
			int number = Integer.parseInt(text.substring(1));
			if (number != this.next[publisher]) {
				this.disorder++;
			}
			this.next[publisher] = number + 1;
			this.heard++;
		}

	}

}
