package io.iodine.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Concurrency}.
 */
class ConcurrencyTests {

	@ParameterizedTest
	@CsvSource({ "1, 1, 256", "25, 25, 256", "32, 32, 320" })
	void zeroIsAWorkerACoreAndTenThreadsACoreButAtLeastTwoHundredAndFiftySix(int cores, int workers, int threads) {
		Concurrency concurrency = Concurrency.of(0, 0, cores);

		assertThat(concurrency).isEqualTo(new Concurrency(workers, threads));
	}

	@ParameterizedTest
	@CsvSource({ "8, -1, 8", "8, -2, 4", "8, -3, 2", "8, -8, 1", "8, -9, 1", "1, -1024, 1" })
	void aNegativeNumberDividesTheCores(int cores, int configured, int expected) {
		Concurrency concurrency = Concurrency.of(configured, configured, cores);

		assertThat(concurrency).isEqualTo(new Concurrency(expected, expected));
	}

	@Test
	void aPositiveNumberIsTakenAsItIs() {
		Concurrency concurrency = Concurrency.of(3, 7, 64);

		assertThat(concurrency).isEqualTo(new Concurrency(3, 7));
	}

}
