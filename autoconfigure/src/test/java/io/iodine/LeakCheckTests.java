package io.iodine;

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

	private static void forget(ByteBuf buffer) {
		assertThat(buffer.refCnt()).isOne();
	}

}
