package io.iodine.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ResidentMemory}. */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTests {

	@Test
	void aProcessHasAtLeastItsHeapInUse() {
		long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();

		assertThat(ResidentMemory.of(ProcessHandle.current().pid())).isBetween(used / 2, 1L << 40);
	}

	@Test
	void aProcessThatHasEndedHasNone() {
		assertThat(ResidentMemory.of(Long.MAX_VALUE)).isZero();
	}

}
