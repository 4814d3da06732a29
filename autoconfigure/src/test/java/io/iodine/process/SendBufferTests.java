package io.iodine.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Frames of any thread on their way to a channel. */
class SendBufferTests {

	private static final int BODY = 40_000;

	private final RefusingAllocator allocator = new RefusingAllocator();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final SendBuffer buffer = new SendBuffer(this.channel, 1_000_000, BODY);

	SendBufferTests() {
		this.channel.config().setAllocator(this.allocator);
	}

	@AfterEach
	void finish() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void aRefusedAllocationLosesItsOwnFrameOnly() {
		assertThat(offer('a')).isTrue();
		this.allocator.refuse(true);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> offer('b'));
		this.allocator.refuse(false);
		assertThat(offer('c')).isTrue();

		assertThat(sent()).isEqualTo("ac");
	}

	@Test
	void aBodyThatFailsLeavesNothingBehind() {
		assertThat(offer('a')).isTrue();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.buffer.offer(FrameType.RELAY, 1, (body) -> {
				body.writeByte('x');
				throw new IllegalStateException("expected by this test");
			}));
		assertThat(offer('c')).isTrue();

		assertThat(sent()).isEqualTo("ac");
	}

	private boolean offer(char letter) {
		return this.buffer.offer(FrameType.RELAY, BODY, (body) -> body.writeZero(BODY - 1).writeByte(letter));
	}

	/** The last byte of each frame that was sent. */
	private String sent() {
		this.channel.runPendingTasks();
		StringBuilder letters = new StringBuilder();
		for (ByteBuf next; (next = this.channel.readOutbound()) != null;) {
			while (next.isReadable()) {
				int length = next.readInt();
				letters.append((char) next.getByte(next.readerIndex() + length - 1));
				next.skipBytes(length);
			}
			next.release();
		}
		return letters.toString();
	}

}
