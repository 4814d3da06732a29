package io.iodine.process;

import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Tests of memory that is returned to the operating system. */
@EnabledOnOs(OS.LINUX)
class FreeMemoryTests {

	/** Small enough for the heap of the C allocator. */
	private static final int SIZE = 64 * 1024;

	@Test
	void whatTheAllocatorKeepsIsReturned() {
		assumeThat(Runtime.version()).isGreaterThanOrEqualTo(Runtime.Version.parse("17.0.9"));
		List<ByteBuf> buffers = new ArrayList<>();
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
		for (int i = 0; i < 1_000; i++) {
			buffers.add(allocator.directBuffer(SIZE).writeZero(SIZE));
		}
		// else the allocator returns by itself what lies above it
		ByteBuf last = buffers.remove(buffers.size() - 1);
		buffers.forEach(ByteBuf::release);
		long before = resident();

		assertThat(FreeMemory.trim()).isTrue();

		assertThat(before - resident()).isGreaterThan(32L << 20);
		last.release();
	}

	private static long resident() {
		return ResidentMemory.of(ProcessHandle.current().pid());
	}

}
