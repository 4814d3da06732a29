package io.iodine.connection;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpareBufferTests {

	@Test
	void aBufferThatWasGivenBackIsTakenEmpty() throws Exception {
		onEventLoop(() -> {
			ByteBuf first = take(100);
			SpareBuffer.give(first.writeByte(1).setIndex(1, 1));

			ByteBuf second = take(50);

			assertThat(second).isSameAs(first);
			assertThat(second.readerIndex()).isZero();
			assertThat(second.writerIndex()).isZero();
			assertThat(second.release()).isTrue();
			return second;
		});
	}

	@Test
	void aBufferIsTakenOnce() throws Exception {
		onEventLoop(() -> {
			SpareBuffer.give(take(100));

			ByteBuf first = take(10);
			ByteBuf second = take(10);

			assertThat(second).isNotSameAs(first);
			first.release();
			second.release();
			return first;
		});
	}

	@Test
	void aBufferThatIsTooSmallStays() throws Exception {
		ByteBuf small = onEventLoop(() -> {
			ByteBuf first = take(100);
			SpareBuffer.give(first);
			ByteBuf larger = take(1000);
			assertThat(larger).isNotSameAs(first);
			larger.release();
			assertThat(first.refCnt()).isOne();
			return first;
		});

		assertThat(small.refCnt()).isZero();
	}

	@Test
	void aBufferOfAnotherAllocatorStays() throws Exception {
		onEventLoop(() -> {
			ByteBuf first = take(100);
			SpareBuffer.give(first);

			ByteBuf second = SpareBuffer.take(new UnpooledByteBufAllocator(true), 100);

			assertThat(second).isNotSameAs(first);
			assertThat(second.release()).isTrue();
			return first;
		});
	}

	@Test
	void theLargestIsKept() throws Exception {
		onEventLoop(() -> {
			ByteBuf small = take(100);
			ByteBuf large = take(1000);

			SpareBuffer.give(small);
			SpareBuffer.give(large);

			assertThat(small.refCnt()).isZero();
			assertThat(large.refCnt()).isOne();
			return large;
		});
	}

	@Test
	void largeBuffersAreReleased() throws Exception {
		ByteBuf large = onEventLoop(() -> {
			ByteBuf taken = take(1 << 20);
			SpareBuffer.give(taken);
			assertThat(taken.refCnt()).isZero();
			return taken;
		});

		assertThat(large.refCnt()).isZero();
	}

	@Test
	void theBufferIsReleasedWithTheThread() throws Exception {
		ByteBuf kept = onEventLoop(() -> {
			ByteBuf taken = take(100);
			SpareBuffer.give(taken);
			assertThat(taken.refCnt()).isOne();
			return taken;
		});

		assertThat(kept.refCnt()).isZero();
	}

	@Test
	void otherThreadsKeepNone() {
		ByteBuf taken = take(100);

		SpareBuffer.give(taken);

		assertThat(taken.refCnt()).isZero();
	}

	private static ByteBuf take(int size) {
		return SpareBuffer.take(UnpooledByteBufAllocator.DEFAULT, size);
	}

	/** Runs on a thread as event loops have, and waits for its end. */
	private static ByteBuf onEventLoop(Callable<ByteBuf> task) throws Exception {
		FutureTask<ByteBuf> result = new FutureTask<>(task);
		Thread thread = new FastThreadLocalThread(result);
		thread.start();
		ByteBuf buffer = result.get(30, TimeUnit.SECONDS);
		thread.join();
		return buffer;
	}

}
