package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisReconnectPolicyTests {

	@Test
	void waitsDoubleUpToASecondAndBeginAnewAfterASuccess() {
		RedisReconnectPolicy policy = new RedisReconnectPolicy(always(0));

		List<Long> waits = Stream.generate(policy::next).limit(7).map(Duration::toMillis).toList();
		policy.reset();

		assertThat(waits).containsExactly(50L, 100L, 200L, 400L, 800L, 1_000L, 1_000L);
		assertThat(policy.next()).isEqualTo(Duration.ofMillis(50));
	}

	@Test
	void eachWaitIsShortenedAtRandomByUpToAHalf() {
		RedisReconnectPolicy shortest = new RedisReconnectPolicy(always(Long.MAX_VALUE));
		RedisReconnectPolicy random = new RedisReconnectPolicy(new Random(1));
		List<Duration> waits = Stream.generate(random::next).limit(100).toList();

		assertThat(shortest.next()).isEqualTo(Duration.ofMillis(25));
		assertThat(shortest.next()).isEqualTo(Duration.ofMillis(50));
		assertThat(waits.subList(5, 100))
			.allSatisfy((wait) -> assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_000)));
		assertThat(waits.subList(5, 100).stream().distinct().count()).isGreaterThan(20);
	}

	/** A generator that answers the number nearest to one within its bound. */
	private static RandomGenerator always(long number) {
		return new RandomGenerator() {

			@Override
			public long nextLong() {
				return number;
			}

			@Override
			public long nextLong(long bound) {
				return Math.min(number, bound - 1);
			}

		};
	}

}
