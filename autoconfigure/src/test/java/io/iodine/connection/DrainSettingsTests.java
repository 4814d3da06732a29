package io.iodine.connection;

import java.time.Duration;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DrainSettingsTests {

	@ParameterizedTest
	@CsvSource({ "10, 1000, 50, 15000, 1000", "10, 1000, 50, 1000000, 9901", "10, 1, 1000, 3, 1",
			"10, 1, 0, 3, 2147483647", "0, 1, 50, 3, 3" })
	void batchesGrowWhenTheLastWouldComeAfterHalfTheTime(int seconds, int size, int interval, int connections,
			int expected) {
		DrainSettings settings = new DrainSettings(Duration.ofSeconds(seconds), size, Duration.ofMillis(interval),
				Duration.ZERO, Duration.ZERO);

		assertThat(settings.batchSize(connections)).isEqualTo(expected);
	}

	@Test
	void clientsComeBackAtDifferentTimes() {
		DrainSettings settings = new DrainSettings(Duration.ZERO, 1, Duration.ZERO, Duration.ofSeconds(1),
				Duration.ofSeconds(4));

		int[] times = IntStream.range(0, 1000).map((i) -> settings.retryMillis()).sorted().toArray();

		assertThat(times[0]).isBetween(1000, 1500);
		assertThat(times[999]).isBetween(4500, 5000);
	}

}
