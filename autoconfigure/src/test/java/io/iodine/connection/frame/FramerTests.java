package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the framings and readers of {@link Framer}s.
 */
class FramerTests {

	private static final int MAX = 100;

	private final List<String> heard = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 100 })
	void whatIsWrittenIsReadInPiecesOfAnySize(int piece) {
		List<Framer> framers = List.of(Framer.line(), Framer.delimiter("--"), Framer.delimiter("aab"),
				Framer.lengthPrefixed(), Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN),
				Framer.lengthPrefixed(2, ByteOrder.LITTLE_ENDIAN), Framer.lengthPrefixed(4, ByteOrder.BIG_ENDIAN));
		for (Framer framer : framers) {
			List<String> messages = List.of("", "a", "some - text a", "x".repeat(MAX));
			ByteBuf written = Unpooled.buffer();
			messages.forEach((message) -> new SwitchableFraming(framer).append(written, Message.text(message)));
			this.heard.clear();
			FrameReader reader = reader(framer);

			while (written.isReadable()) {
				reader.read(written.readSlice(Math.min(piece, written.readableBytes())));
			}

			assertThat(this.heard).as(framer.toString()).isEqualTo(messages);
			assertThat(reader.isWithinMessage()).isFalse();
		}
	}

	@Test
	void theLengthOfFiAsockioIsLittleEndian() {
		ByteBuf written = Unpooled.buffer();

		new SwitchableFraming(Framer.lengthPrefixed()).append(written, Message.text("abc"));

		assertThat(ByteBuffer.allocate(11)
			.order(ByteOrder.LITTLE_ENDIAN)
			.putLong(3)
			.put("abc".getBytes(StandardCharsets.UTF_8))
			.array())
			.isEqualTo(written.array().length == 11 ? written.array()
					: Arrays.copyOf(written.array(), written.readableBytes()));
	}

	@Test
	void aMessageOfOneByteTooManyIsRefused() {
		for (Framer framer : List.of(Framer.line(), Framer.delimiter("--"), Framer.lengthPrefixed())) {
			ByteBuf written = Unpooled.buffer();
			new SwitchableFraming(framer).append(written, Message.text("x".repeat(MAX + 1)));
			this.heard.clear();

			reader(framer).read(written);

			assertThat(this.heard).as(framer.toString()).hasSize(1).first().asString().startsWith("violated 1009");
			assertThat(written.isReadable()).isFalse();
		}
	}

	@Test
	void anEndlessLineIsRefusedBeforeItsEnd() {
		FrameReader reader = reader(Framer.line());
		for (int i = 0; i < MAX + 5; i++) {
			reader.read(Unpooled.wrappedBuffer(new byte[] { 'x' }));
		}

		assertThat(this.heard).hasSize(1).first().asString().startsWith("violated 1009");
	}

	@Test
	void aLargeMessageComesInPartsAndIsWrittenInParts() {
		Framer framer = Framer.lengthPrefixed().inParts();
		List<MessagePart> parts = new ArrayList<>();
		FrameReader reader = FrameReader.of(framer, new Listening((message) -> {
			parts.add(MessagePart.of(message));
			this.heard.add(message.asText());
		}, this.heard::add), MAX);
		ByteBuf written = Unpooled.buffer();
		SwitchableFraming framing = new SwitchableFraming(framer);
		framing.append(written, MessagePart.of("x".repeat(150).getBytes(StandardCharsets.UTF_8), 0, 250));
		framing.append(written, MessagePart.of("y".repeat(100).getBytes(StandardCharsets.UTF_8), 150, 250));
		framing.append(written, Message.text(""));
		framing.append(written, Message.text("whole"));

		while (written.isReadable()) {
			reader.read(written.readSlice(Math.min(90, written.readableBytes())));
		}

		assertThat(String.join("", this.heard)).isEqualTo("x".repeat(150) + "y".repeat(100) + "whole");
		assertThat(parts.stream().filter(MessagePart::isFirst)).extracting(MessagePart::size)
			.containsExactly(250L, 0L, 5L);
		assertThat(parts.stream().filter(MessagePart::isLast)).hasSize(3);
		assertThat(reader.isWithinMessage()).isFalse();
	}

	@Test
	void aShortLengthCarriesNoLongMessage() {
		SwitchableFraming framing = new SwitchableFraming(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));

		assertThat(framing.carries(Message.binary(new byte[255]))).isTrue();
		assertThat(framing.carries(Message.binary(new byte[256]))).isFalse();
	}

	@Test
	void aPartOfAMessageIsGivenBack() {
		for (Framer framer : List.of(Framer.line(), Framer.delimiter("--"), Framer.lengthPrefixed(),
				Framer.lengthPrefixed(2, ByteOrder.BIG_ENDIAN))) {
			ByteBuf written = Unpooled.buffer();
			new SwitchableFraming(framer).append(written, Message.text("some text"));
			byte[] part = new byte[written.readableBytes() - 3];
			written.readBytes(part);
			FrameReader reader = reader(framer);
			reader.read(Unpooled.wrappedBuffer(part));

			assertThat(reader.isWithinMessage()).as(framer.toString()).isTrue();
			assertThat(reader.partial()).as(framer.toString()).isEqualTo(part);
		}
	}

	@Test
	void aLineThatIsNoTextIsBinary() {
		List<Message> messages = new ArrayList<>();
		FrameReader reader = FrameReader.of(Framer.line(), new Listening(messages::add, (text) -> {
		}), MAX);

		reader.read(Unpooled.wrappedBuffer(new byte[] { 'a', '\n', (byte) 0xFF, '\n' }));

		assertThat(messages).extracting(Message::isText).containsExactly(true, false);
	}

	private FrameReader reader(Framer framer) {
		return FrameReader.of(framer, new Listening((message) -> this.heard.add(message.asText()), this.heard::add),
				MAX);
	}

	/**
	 * Hears messages and violations.
	 *
	 * @param messages hears messages
	 * @param violations hears violations
	 */
	private record Listening(Consumer<Message> messages, Consumer<String> violations) implements FrameListener {

		@Override
		public void received(Message message) {
			this.messages.accept(message);
		}

		@Override
		public void pinged(byte[] payload) {
			this.violations.accept("ping " + new String(payload, StandardCharsets.UTF_8));
		}

		@Override
		public void peerCloses(int code, String reason) {
			this.violations.accept("close " + code + " " + reason);
		}

		@Override
		public void violated(int code, String reason) {
			this.violations.accept("violated " + code + " " + reason);
		}

		@Override
		public boolean wantsMore() {
			return true;
		}

		@Override
		public boolean isTooFast() {
			return false;
		}

	}

}
