package io.iodine.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of what counts as CPU time of an application. */
class CpuOfThreadsTests {

	@Test
	void threadsOfAPoolAreOne() {
		assertThat(CpuOfThreads.name("iodine-epoll-2")).isEqualTo("iodine-epoll");
		assertThat(CpuOfThreads.name("pool-1-thread-2")).isEqualTo("pool");
	}

	@Test
	void theCompilersOfTheJvmDoNotCount() {
		Map<String, Long> nanos = Map.of(CpuOfThreads.name("C2 CompilerThre"), 5_000_000_000L,
				CpuOfThreads.name("iodine-epoll-1"), 2_000_000_000L);

		assertThat(new CpuOfThreads(nanos, 0).seconds()).isEqualTo(2);
	}

}
