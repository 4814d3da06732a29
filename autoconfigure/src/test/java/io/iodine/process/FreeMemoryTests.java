package io.iodine.process;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Tests of memory that is returned to the operating system. */
@EnabledOnOs(OS.LINUX)
class FreeMemoryTests {

	/** Small enough for the heap of the C allocator. */
	private static final int SIZE = 64 * 1024;

	/** Less than a heap of the C allocator, which is unmapped once all of it is free. */
	private static final int COUNT = 500;

	@Test
	void thisJvmCanReturnMemory() {
		assumeThat(Runtime.version()).isGreaterThanOrEqualTo(Runtime.Version.parse("17.0.9"));

		assertThat(FreeMemory.trim()).isTrue();
	}

	/**
	 * The heap of the JVM may grow meanwhile, but hardly each time. Direct buffers of
	 * later versions leave the allocator nothing to return.
	 */
	@Test
	@EnabledForJreRange(max = JRE.JAVA_17)
	void whatTheAllocatorKeepsIsReturned() {
		assumeThat(Runtime.version()).isGreaterThanOrEqualTo(Runtime.Version.parse("17.0.9"));
		long most = 0;

		for (int attempt = 0; attempt < 10 && most < COUNT * SIZE / 2; attempt++) {
			most = Math.max(most, returned());
		}

		assertThat(most).isGreaterThanOrEqualTo(COUNT * SIZE / 2);
	}

	@Test
	void theCollectorReturnsWhatIsFreeAndKeepsItsOptions() throws Exception {
		assertThat(program()).isEqualTo("smaller, options 40 70");
	}

	@Test
	void anOptionOfTheCommandLineStaysAsItIs() throws Exception {
		assertThat(program("-XX:MaxHeapFreeRatio=100")).isEqualTo("not smaller, options 40 100");
	}

	/** What {@link FreeMemoryProgram} says. */
	private static String program(String... options) throws Exception {
		List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
				"-XX:+UseG1GC", "-Xms8m", "-Xmx256m"));
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), FreeMemoryProgram.class.getName()));
		try (BufferedReader said = new ProcessBuilder(command).redirectErrorStream(true).start().inputReader()) {
			return said.lines().reduce("nothing", (earlier, later) -> later);
		}
	}

	/** How much a trim returns of what was free, but for its last piece. */
	private static long returned() {
		List<ByteBuf> buffers = new ArrayList<>();
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
		for (int i = 0; i < COUNT; i++) {
			buffers.add(allocator.directBuffer(SIZE).writeZero(SIZE));
		}
		// else the allocator returns by itself what lies above it
		ByteBuf last = buffers.remove(buffers.size() - 1);
		buffers.forEach(ByteBuf::release);
		long before = resident();
		boolean trimmed = FreeMemory.trim();
		long returned = before - resident();
		last.release();
		assertThat(trimmed).isTrue();
		return returned;
	}

	private static long resident() {
		return ResidentMemory.of(ProcessHandle.current().pid());
	}

}
