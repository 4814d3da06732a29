package io.iodine.process;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests of frames to a worker for which there is no memory. */
class WorkerLinkTests {

	private final RefusingAllocator allocator = new RefusingAllocator();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final WorkerLink link = new WorkerLink(this.channel, 1 << 20);

	WorkerLinkTests() {
		this.channel.config().setAllocator(this.allocator);
	}

	@AfterEach
	void finish() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void aFrameThatCannotBeCopiedIsReleased() {
		ByteBuf frame = Unpooled.buffer().writeZero(10);
		this.allocator.refuse(true);

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.link.send(frame));

		assertThat(frame.refCnt()).isZero();
	}

	@Test
	void aFramePassedOnThatCannotBeCopiedKeepsNothingOfWhatWasRead() {
		ByteBuf read = Unpooled.buffer(1 << 10).writeZero(20);
		read.skipBytes(Frame.HEADER);
		this.link.forward(read);
		this.allocator.refuse(true);

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(this.channel::runPendingTasks);

		assertThat(read.refCnt()).isOne();
		read.release();
	}

}
