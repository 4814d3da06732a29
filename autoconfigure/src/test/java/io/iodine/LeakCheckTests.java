package io.iodine;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.stream.IntStream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeakCheckTests {

	@Test
	void aBufferThatNobodyReleasesIsReported() throws InterruptedException {
		forget(ByteBufAllocator.DEFAULT.buffer(8).writeByte(1));

		assertThat(LeakCheck.leaks()).anyMatch((leak) -> leak.contains("LeakCheckTests"));
	}

	@Test
	void aReleasedBufferIsNot() throws InterruptedException {
		ByteBufAllocator.DEFAULT.buffer(8).writeByte(3).release();

		assertThat(LeakCheck.leaks()).isEmpty();
	}

	@Test
	void aBufferBehindManyCollectedReferencesIsReported() throws InterruptedException {
		forget(ByteBufAllocator.DEFAULT.buffer(8).writeByte(1));
		ReferenceQueue<Object> collected = new ReferenceQueue<>();
		List<WeakReference<Object>> references = IntStream.range(0, 200_000)
			.mapToObj((i) -> new WeakReference<>(new Object(), collected))
			.toList();

		assertThat(LeakCheck.leaks()).anyMatch((leak) -> leak.contains("LeakCheckTests"));
		assertThat(references).allMatch((reference) -> reference.refersTo(null));
	}

	private static void forget(ByteBuf buffer) {
		assertThat(buffer.refCnt()).isOne();
	}

}
