package io.iodine.socket;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** When a client connects again. */
class ReconnectPolicyTests {

	private final ReconnectPolicy policy = new ReconnectPolicy(true, Duration.ofMillis(500), Duration.ofSeconds(30));

	@ParameterizedTest
	@CsvSource({ "0, 500", "499, 500", "500, 500", "2000, 2000", "30000, 30000", "30001, 30000",
			"9223372036854775807, 30000" })
	void whatAServerAsksForStaysWithinThePolicy(long asked, long allowed) {
		assertThat(this.policy.allowedMillis(asked)).isEqualTo(allowed);
	}

	@Test
	void aDelayThatDoublesBeyondAllNumbersIsTheLongest() {
		ReconnectPolicy absurd = new ReconnectPolicy(true, Duration.ofMillis(1L << 34), Duration.ofMillis(1L << 40));

		assertThat(absurd.delayMillis(30)).isBetween(1L << 39, 1L << 40);
		assertThat(absurd.delayMillis(29)).isBetween(1L << 39, 1L << 40);
	}

	@Test
	void theDelayDoublesUpToTheLongestLessAtMostAHalf() {
		assertThat(this.policy.delayMillis(0)).isBetween(250L, 500L);
		assertThat(this.policy.delayMillis(3)).isBetween(2000L, 4000L);
		assertThat(this.policy.delayMillis(1_000_000)).isBetween(15_000L, 30_000L);
	}

}
