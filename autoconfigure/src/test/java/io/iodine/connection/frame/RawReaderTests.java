package io.iodine.connection.frame;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the readers of {@link Framer}s at their limits. */
class RawReaderTests {

	private static final int MAX = 100;

	private final List<String> heard = new ArrayList<>();

	@Test
	void aReadLargerThanAMessageIsReadInPieces() {
		reader(Framer.raw(), () -> true).read(text("x".repeat(MAX) + "y"));

		assertThat(this.heard).containsExactly("x".repeat(MAX), "y");
	}

	@Test
	void everyReaderLeavesTheRestWhenNoMoreIsWanted() {
		for (Framer framer : List.of(Framer.raw(), Framer.line(), Framer.delimiter("--"), Framer.lengthPrefixed(),
				Framer.lengthPrefixed().inParts())) {
			this.heard.clear();
			ByteBuf written = Unpooled.buffer();
			SwitchableFraming framing = new SwitchableFraming(framer);
			framing.append(written, Message.text("x".repeat(MAX)));
			framing.append(written, Message.text("y"));
			int second = written.readableBytes() - (written.readableBytes() - MAX - 1) / 2 - 1;
			FrameReader reader = reader(framer, () -> false);

			reader.read(written);
			List<String> first = List.copyOf(this.heard);
			int left = written.readableBytes();
			reader.read(written);

			assertThat(first).as(framer.toString()).containsExactly("x".repeat(MAX));
			assertThat(left).as(framer.toString()).isPositive().isLessThanOrEqualTo(second);
			assertThat(this.heard).as(framer.toString()).containsExactly("x".repeat(MAX), "y");
		}
	}

	@Test
	void aRawReaderIsNeverWithinAMessage() {
		FrameReader reader = reader(Framer.raw(), () -> true);
		reader.read(text("x"));

		assertThat(reader.isWithinMessage()).isFalse();
		assertThat(reader.partial()).isEmpty();
	}

	@Test
	void aLineMayBeAsLongAsAMessageAndEndsWithOrWithoutCr() {
		FrameReader reader = reader(Framer.line(), () -> true);

		reader.read(text("x".repeat(MAX) + "\r\n" + "y".repeat(MAX) + "\n\r\n\n"));

		assertThat(this.heard).containsExactly("x".repeat(MAX), "y".repeat(MAX), "", "");
	}

	@Test
	void aCrThatEndsNoLineBelongsToIt() {
		reader(Framer.line(), () -> true).read(text("a\rb\n"));
		reader(Framer.delimiter("\n"), () -> true).read(text("a\r\n"));

		assertThat(this.heard).containsExactly("a\rb", "a\r");
	}

	@Test
	void aLineIsTooLongOnceItsEndCanNoLongerFit() {
		FrameReader line = reader(Framer.line(), () -> true);
		line.read(text("x".repeat(MAX + 2)));
		assertThat(this.heard).isEmpty();
		line.read(text("x"));
		assertThat(this.heard).containsExactly("violated 1009 a message is longer than 100 bytes");
		this.heard.clear();

		FrameReader delimited = reader(Framer.delimiter("--"), () -> true);
		delimited.read(text("x".repeat(MAX + 2)));
		assertThat(this.heard).isEmpty();
		delimited.read(text("x"));

		assertThat(this.heard).containsExactly("violated 1009 a message is longer than 100 bytes");
		assertThat(delimited.isWithinMessage()).isFalse();
	}

	@Test
	void aLineWhoseCrDoesNotFitIsTooLong() {
		FrameReader reader = reader(Framer.line(), () -> true);

		reader.read(text("x".repeat(MAX + 1) + "\n"));
		reader.read(text("more\n"));

		assertThat(this.heard).hasSize(1).first().asString().startsWith("violated 1009");
		assertThat(reader.isWithinMessage()).isFalse();
	}

	@Test
	void whatIsGivenBackIsReadNoMore() {
		for (Framer framer : List.of(Framer.line(), Framer.delimiter("--"), Framer.lengthPrefixed())) {
			this.heard.clear();
			ByteBuf written = Unpooled.buffer();
			new SwitchableFraming(framer).append(written, Message.text("whole"));
			FrameReader reader = reader(framer, () -> true);
			reader.read(written.slice(0, 3));

			assertThat(reader.partial()).as(framer.toString()).hasSize(3);
			assertThat(reader.isWithinMessage()).isFalse();
			assertThat(reader.partial()).isEmpty();
			reader.read(written);

			assertThat(this.heard).as(framer.toString()).containsExactly("whole");
		}
	}

	@Test
	void aLengthOfAnyWidthIsReadByItsOrder() {
		byte[] content = new byte[0x12C];
		for (Framer framer : List.of(Framer.lengthPrefixed(2, ByteOrder.BIG_ENDIAN),
				Framer.lengthPrefixed(2, ByteOrder.LITTLE_ENDIAN), Framer.lengthPrefixed(4, ByteOrder.BIG_ENDIAN),
				Framer.lengthPrefixed(4, ByteOrder.LITTLE_ENDIAN), Framer.lengthPrefixed())) {
			List<Integer> sizes = new ArrayList<>();
			FrameReader reader = FrameReader.of(framer,
					new Listening((message) -> sizes.add(message.size()), () -> true), 0x10000);
			int width = framer.lengthBytes();
			ByteBuf bytes = Unpooled.buffer();
			for (int i = 0; i < width; i++) {
				int place = (framer.order() == ByteOrder.LITTLE_ENDIAN) ? i : width - 1 - i;
				bytes.writeByte((place == 0) ? 0x2C : (place == 1) ? 0x01 : 0);
			}
			byte[] head = new byte[width];
			bytes.getBytes(0, head);

			reader.read(bytes);
			assertThat(reader.isWithinMessage()).isTrue();
			assertThat(HexFormat.of().formatHex(reader.partial())).isEqualTo(HexFormat.of().formatHex(head));
			reader.read(Unpooled.wrappedBuffer(head, content));

			assertThat(sizes).as(framer.toString()).containsExactly(0x12C);
		}
	}

	@Test
	void aPartOfALengthIsGivenBackToo() {
		FrameReader reader = reader(Framer.lengthPrefixed(4, ByteOrder.BIG_ENDIAN), () -> true);

		reader.read(Unpooled.wrappedBuffer(new byte[] { 0, 1, 2 }));

		assertThat(reader.partial()).containsExactly(0, 1, 2);
	}

	@Test
	void memoryGrowsWithWhatHasComeAndNotWithWhatIsAnnounced() {
		FrameReader reader = FrameReader.of(Framer.lengthPrefixed(4, ByteOrder.BIG_ENDIAN), new Listening((message) -> {
		}, () -> true), Integer.MAX_VALUE);

		reader.read(Unpooled.wrappedBuffer(new byte[] { 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1, 2 }));

		assertThat(reader.partial()).hasSize(6);
	}

	@Test
	void aLengthThatIsTooLargeEndsReading() {
		FrameReader reader = reader(Framer.lengthPrefixed(), () -> true);
		ByteBuf bytes = Unpooled.buffer().writeLongLE(-1).writeLongLE(1).writeByte('x');

		reader.read(bytes);

		assertThat(this.heard)
			.containsExactly("violated 1009 a message of 18446744073709551615 bytes is longer than 100 bytes");
		assertThat(bytes.isReadable()).isFalse();
		assertThat(reader.isWithinMessage()).isFalse();
	}

	@Test
	void aPartIsReadOnceSomeOfItHasComeAndIsNotGivenBack() {
		Framer framer = Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN).inParts();
		List<Long> offsets = new ArrayList<>();
		FrameReader reader = FrameReader.of(framer, new Listening((message) -> {
			offsets.add(MessagePart.of(message).offset());
			this.heard.add(message.asText());
		}, () -> true), MAX);

		reader.read(Unpooled.wrappedBuffer(new byte[] { 3 }));
		assertThat(this.heard).isEmpty();
		reader.read(text("ab"));
		assertThat(reader.isWithinMessage()).isTrue();
		reader.read(text("c"));
		reader.read(Unpooled.wrappedBuffer(new byte[] { 3, 'd' }));
		assertThat(reader.partial()).isEmpty();
		assertThat(reader.isWithinMessage()).isFalse();
		reader.read(Unpooled.wrappedBuffer(new byte[] { 1, 'e' }));

		assertThat(this.heard).containsExactly("ab", "c", "d", "e");
		assertThat(offsets).containsExactly(0L, 2L, 0L, 0L);
	}

	private FrameReader reader(Framer framer, BooleanSupplier wantsMore) {
		return FrameReader.of(framer, new Listening((message) -> this.heard.add(message.asText()), wantsMore), MAX);
	}

	private static ByteBuf text(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	/** Hears messages. */
	@FunctionalInterface
	private interface Hearing {

		void hear(Message message);

	}

	/** Hears messages and violations. */
	private final class Listening implements FrameListener {

		private final Hearing hearing;

		private final BooleanSupplier wantsMore;

		Listening(Hearing hearing, BooleanSupplier wantsMore) {
			this.hearing = hearing;
			this.wantsMore = wantsMore;
		}

		@Override
		public void received(Message message) {
			this.hearing.hear(message);
		}

		@Override
		public void pinged(byte[] payload) {
			throw new AssertionError("there is no ping");
		}

		@Override
		public void peerCloses(int code, String reason) {
			throw new AssertionError("there is no close frame");
		}

		@Override
		public void violated(int code, String reason) {
			RawReaderTests.this.heard.add("violated " + code + " " + reason);
		}

		@Override
		public boolean wantsMore() {
			return this.wantsMore.getAsBoolean();
		}

		@Override
		public boolean isTooFast() {
			return false;
		}

	}

}
