package io.iodine.connection;

import java.time.Duration;
import java.util.Arrays;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.pubsub.redis.RedisServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * 500 event streams, each cut at 20 random moments while 5,000 messages flow; too slow
 * for every build: {@code -Pproofs}.
 */
class SseResumeProof {

	private static final int STREAMS = 500;

	private static final int CUTS = 20;

	private static final int MESSAGES = 5_000;

	@Test
	void inMemory() throws Exception {
		CutStreams.Report report = report("in memory", "iodine.pubsub.history.size=5000");

		assertThat(report.wrong()).isEmpty();
		assertThat(report.resets()).isZero();
	}

	@Test
	void inRedis() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			CutStreams.Report report = report("in Redis", "iodine.pubsub.history.size=5000",
					"iodine.redis.url=redis://127.0.0.1:" + redis.port());

			assertThat(report.wrong()).isEmpty();
			assertThat(report.resets()).isZero();
		}
	}

	@Test
	void inMemoryTooShort() throws Exception {
		CutStreams.Report report = report("in memory, too short", "iodine.pubsub.history.size=50");

		assertThat(report.wrong()).isEmpty();
		assertThat(report.resets()).isPositive();
	}

	@Test
	void inRedisTooShort() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			CutStreams.Report report = report("in Redis, too short", "iodine.pubsub.history.size=50",
					"iodine.redis.url=redis://127.0.0.1:" + redis.port());

			assertThat(report.wrong()).isEmpty();
			assertThat(report.resets()).isPositive();
		}
	}

	private static CutStreams.Report report(String where, String... properties) throws Exception {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "iodine.pubsub.history.channels=proof";
		try (TestServer server = TestServer.start(all)) {
			ConnectionHandler handler = new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.subscribe("proof");
				}

			};
			CutStreams.Report report = new CutStreams(server.port(), server.serve(handler), STREAMS, CUTS, MESSAGES,
					200, Duration.ofMinutes(3))
				.follow((number) -> server.pubSub().publish("proof", Integer.toString(number)));
			System.out.printf("PROOF resume %s: %d streams, %d messages, %d cuts, %d resets, %d wrong, %d ms%n", where,
					STREAMS, MESSAGES, report.cuts(), report.resets(), report.wrong().size(), report.took().toMillis());
			return report;
		}
	}

}
