package io.iodine.edge;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the size of read buffers. */
@SuppressWarnings("deprecation") // the return type of Netty's interface
class ReadBufferAllocatorTests {

	@AutoClose("close")
	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ReadBufferAllocator allocator = new ReadBufferAllocator();

	private final RecvByteBufAllocator.Handle handle = this.allocator.newHandle();

	@BeforeEach
	void setAllocator() {
		this.channel.config().setRecvByteBufAllocator(this.allocator);
	}

	@Test
	void aFilledBufferIsFollowedByLargerOnesUpToABound() {
		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.FIRST);

		read(ReadBufferAllocator.FIRST);
		assertThat(this.handle.guess()).isEqualTo(4 * ReadBufferAllocator.FIRST);

		for (int i = 0; i < 8; i++) {
			read(this.handle.guess());
		}
		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.LARGEST);
	}

	@Test
	void twoReadsOfLittleAreFollowedByASmallerBufferDownToABound() {
		read(10);
		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.FIRST);
		read(10);
		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.FIRST / 2);

		for (int i = 0; i < 8; i++) {
			read(10);
		}
		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.SMALLEST);
	}

	@Test
	void aReadOfMuchKeepsTheSize() {
		for (int i = 0; i < 8; i++) {
			read(10);
			read(ReadBufferAllocator.FIRST / 2);
		}

		assertThat(this.handle.guess()).isEqualTo(ReadBufferAllocator.FIRST);
	}

	@Test
	void readingContinuesWhileBuffersAreFilledAndOthersDoNotWait() {
		assertThat(read(this.handle.guess())).isTrue();
		assertThat(read(this.handle.guess() - 1)).isFalse();
		assertThat(read(-1)).isFalse();

		this.allocator.maxMessagesPerRead(1);
		assertThat(read(this.handle.guess())).isFalse();

		this.allocator.maxMessagesPerRead(16);
		this.channel.config().setAutoRead(false);
		assertThat(read(this.handle.guess())).isFalse();
	}

	/** Reads once, and tells whether to read on. */
	private boolean read(int bytes) {
		this.handle.reset(this.channel.config());
		this.handle.attemptedBytesRead(this.handle.guess());
		this.handle.lastBytesRead(bytes);
		this.handle.incMessagesRead(1);
		boolean more = this.handle.continueReading();
		this.handle.readComplete();
		return more;
	}

}
