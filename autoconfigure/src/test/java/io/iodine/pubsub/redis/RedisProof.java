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

import org.junit.jupiter.api.Test;

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
					() -> sequences.stream().allMatch((sequence) -> sequence.heard == 2 * MESSAGES));

			double seconds = (System.nanoTime() - begin) / 1e9;
			System.out.printf(
					"PROOF two processes: %d published, %d deliveries, 0 missing, %d out of order; %.0f messages/s%n",
					2 * MESSAGES, 2L * MESSAGES * sequences.size(),
					sequences.stream().mapToInt((sequence) -> sequence.disorder).sum(), 2 * MESSAGES / seconds);
			assertThat(sequences).allMatch((sequence) -> sequence.disorder == 0);
		}
	}

	@Test
	void breaksWhileAMessageAMillisecondIsPublished() throws Exception {
		for (WhileDown whileDown : WhileDown.values()) {
			count("killed and started again", whileDown, (redis) -> {
				redis.kill();
				redis.restart();
			});
			count("frozen for 2 s", whileDown, (redis) -> {
				redis.freeze();
				new CountDownLatch(1).await(2, TimeUnit.SECONDS);
				redis.thaw();
			});
			count("subscriber connections killed", whileDown, (redis) -> redis.cli("CLIENT", "KILL", "TYPE", "pubsub"));
		}
	}

	private static void count(String what, WhileDown whileDown, Break broken) throws Exception {
		ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
		try (RedisServer redis = RedisServer.start();
				RedisNode here = node(redis, whileDown);
				RedisNode there = node(redis, whileDown)) {
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

			broken.happen(redis);
			RedisNode.awaitTrue("both noticed", () -> !here.gaps.isEmpty() && !there.gaps.isEmpty());
			int soFar = published.get();
			RedisNode.awaitTrue("the other half is published", () -> published.get() > soFar + 1_000);
			ticking.cancel(false);
			ticks.shutdown();
			assertThat(ticks.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
			here.pubSub.publish("room", "end");

			System.out.printf("PROOF | %s | %s | %d | %d | %s | %s | %d ms |%n", what,
					whileDown.name().toLowerCase(Locale.ROOT), published.get(), refused.get(), tally(here),
					tally(there), here.gaps.element().duration().toMillis());
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

	private static RedisNode node(RedisServer redis, WhileDown whileDown) {
		RedisNode node = new RedisNode(redis,
				new RedisSettings("", whileDown, 65_536, 64 << 20, Duration.ofSeconds(1), 0));
		node.awaitUp();
		return node;
	}

	/** What happens to Redis. */
	private interface Break {

		void happen(RedisServer redis) throws Exception;

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
