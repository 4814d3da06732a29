package io.iodine.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of reading frames, and of passing them on. */
class ControlFrameReaderTests {

	private static final int MAX_BODY = 100;

	private final List<String> bodies = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	private final EmbeddedChannel target = new EmbeddedChannel();

	private final WorkerLink link = new WorkerLink(this.target, 4096);

	private final EmbeddedChannel source = new EmbeddedChannel(new Reader());

	@AfterEach
	void close() {
		this.source.finishAndReleaseAll();
		this.target.finishAndReleaseAll();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 11, 64, 5_000 })
	void framesAreWholeHoweverTheyAreCut(int piece) {
		List<String> sent = List.of("", "a", "bc", "x".repeat(3_000), "", "last");
		byte[] bytes = bytes(sent.toArray(String[]::new));

		for (int start = 0; start < bytes.length; start += piece) {
			ByteBuf read = buffer(piece).writeBytes(bytes, start, Math.min(piece, bytes.length - start));
			this.source.writeInbound(read);
			assertThat(read.refCnt()).isZero();
		}

		assertThat(this.bodies).isEqualTo(sent);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE, (1 << 20) + MAX_BODY + 2, Integer.MAX_VALUE })
	void aFrameOfAnImpossibleLengthEndsTheConnection(int length) {
		this.source.writeInbound(buffer(64).writeBytes(bytes("first")).writeInt(length).writeZero(8));

		assertThat(this.bodies).containsExactly("first");
		assertThat(this.failures).singleElement().asString().contains("not " + length);
		assertThat(this.source.isOpen()).isFalse();
	}

	@Test
	void aFrameThatCannotBeHandledLosesNoOther() {
		this.source.writeInbound(buffer(64).writeBytes(bytes("one", "fail", "two")));

		assertThat(this.bodies).containsExactly("one", "two");
		assertThat(this.failures).containsExactly("this one fails");
		assertThat(this.source.isOpen()).isTrue();
	}

	@Test
	void anErrorLosesNoFrameEither() {
		this.source.writeInbound(buffer(64).writeBytes(bytes("one", "error", "two")));
		this.source.writeInbound(buffer(64).writeBytes(bytes("three")));

		assertThat(this.bodies).containsExactly("one", "two", "three");
		assertThat(this.failures).containsExactly("this one is an error");
	}

	@Test
	void aRefusedAllocationEndsTheConnectionBeforeFramesAreReadOutOfStep() {
		this.source.config().setAllocator(new RefusingAllocator());
		this.source.writeInbound(buffer(64).writeBytes(bytes("one")).writeInt(50).writeZero(10));

		assertThat(this.bodies).containsExactly("one");
		assertThat(this.failures).containsExactly("no memory");
		assertThat(this.source.isOpen()).isFalse();
	}

	@Test
	void aFrameOfAnUnknownTypeLosesNoOther() {
		this.source.writeInbound(buffer(64).writeInt(1).writeByte(99).writeBytes(bytes("next")));

		assertThat(this.bodies).containsExactly("next");
		assertThat(this.failures).hasSize(1);
	}

	@Test
	void theBeginningOfAFrameIsReleasedWithItsConnection() {
		this.source.writeInbound(buffer(64).writeInt(50).writeZero(10));

		// the leak detector of the tests would tell
		assertThat(this.source.finishAndReleaseAll()).isFalse();
		assertThat(this.bodies).isEmpty();
	}

	@Test
	void framesOfOneReadArePassedOnAsOneSliceOfIt() {
		byte[] frames = bytes("fwd one", "fwd two", "fwd three");
		ByteBuf read = buffer(frames.length).writeBytes(frames);
		this.source.writeInbound(read);

		this.target.runPendingTasks();
		ByteBuf passed = this.target.readOutbound();

		assertThat(bytes(passed)).isEqualTo(frames);
		assertThat(passed.hasMemoryAddress() ? passed.memoryAddress() : passed.arrayOffset())
			.isEqualTo(read.hasMemoryAddress() ? read.memoryAddress() : read.arrayOffset());
		passed.release();
		assertThat(read.refCnt()).isZero();
		assertThat(this.target.<ByteBuf>readOutbound()).isNull();
	}

	@Test
	void oneFrameOfALargeReadIsCopiedInsteadOfKeepingIt() {
		ByteBuf read = buffer(64 * 1024).writeBytes(bytes("fwd one"));
		this.source.writeInbound(read);

		this.target.runPendingTasks();

		assertThat(read.refCnt()).isZero();
		ByteBuf passed = this.target.readOutbound();
		assertThat(bytes(passed)).isEqualTo(bytes("fwd one"));
		passed.release();
	}

	@Test
	void whatIsPassedOnAndWhatIsSentKeepTheirOrder() {
		byte[] first = bytes("fwd 1", "skipped", "fwd 2", "fwd 3");
		byte[] second = bytes("fwd 5", "fwd " + "x".repeat(2_000));
		this.source.writeInbound(buffer(first.length).writeBytes(first));
		this.link.send(buffer(16).writeBytes(bytes("4")));
		this.source.writeInbound(buffer(second.length).writeBytes(second));
		this.link.send(buffer(40_000).writeBytes(bytes("6".repeat(39_000))));

		this.target.runPendingTasks();

		List<byte[]> passed = new ArrayList<>();
		for (ByteBuf next = this.target.readOutbound(); next != null; next = this.target.readOutbound()) {
			passed.add(bytes(next));
			next.release();
		}
		EmbeddedChannel reader = new EmbeddedChannel(new Reader());
		this.bodies.clear();
		passed.forEach((bytes) -> reader.writeInbound(buffer(bytes.length).writeBytes(bytes)));
		this.target.runPendingTasks();
		assertThat(this.bodies).containsExactly("fwd 1", "fwd 2", "fwd 3", "4", "fwd 5", "fwd " + "x".repeat(2_000),
				"6".repeat(39_000));
		reader.finishAndReleaseAll();
	}

	@Test
	void whatIsNotFlushedCountsAsPending() {
		String body = "fwd " + "x".repeat(1_000);
		byte[] frames = bytes(body, body, body, body, body);

		this.source.writeInbound(buffer(frames.length).writeBytes(frames));

		assertThat(this.link.pending()).isEqualTo(frames.length);
		assertThat(this.failures).containsExactly("too much waits");
	}

	private static ByteBuf buffer(int capacity) {
		return PooledByteBufAllocator.DEFAULT.heapBuffer(capacity);
	}

	private static byte[] bytes(String... bodies) {
		ByteBuf frames = buffer(64);
		for (String body : bodies) {
			Frame.append(frames, FrameType.RELAY, (frame) -> frame.writeCharSequence(body, StandardCharsets.US_ASCII));
		}
		byte[] bytes = bytes(frames);
		frames.release();
		return bytes;
	}

	private static byte[] bytes(ByteBuf buffer) {
		byte[] bytes = new byte[buffer.readableBytes()];
		buffer.getBytes(buffer.readerIndex(), bytes);
		return bytes;
	}

	/** Notes bodies and failures; passes on what begins with "fwd". */
	private final class Reader extends ControlFrameReader {

		Reader() {
			super(MAX_BODY);
		}

		@Override
		void received(ChannelHandlerContext context, FrameType type, ByteBuf body) {
			assertThat(type).isEqualTo(FrameType.RELAY);
			String text = body.toString(StandardCharsets.US_ASCII);
			if (text.equals("fail")) {
				throw new IllegalStateException("this one fails");
			}
			if (text.equals("error")) {
				throw new LinkageError("this one is an error");
			}
			ControlFrameReaderTests.this.bodies.add(text);
			if (text.startsWith("fwd") && !ControlFrameReaderTests.this.link.forward(body)) {
				throw new IllegalStateException("too much waits");
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			ControlFrameReaderTests.this.failures.add(String.valueOf(failure.getMessage()));
		}

	}

	/** An allocator without memory. */
	private static final class RefusingAllocator extends AbstractByteBufAllocator {

		@Override
		protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
			throw new OutOfMemoryError("no memory");
		}

		@Override
		protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
			throw new OutOfMemoryError("no memory");
		}

		@Override
		public boolean isDirectBufferPooled() {
			return false;
		}

	}

}
