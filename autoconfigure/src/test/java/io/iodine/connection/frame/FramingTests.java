package io.iodine.connection.frame;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests of what each {@link Framing} writes, byte by byte. */
class FramingTests {

	private static final CompressionFactory COMPRESSION = new CompressionFactory(
			new CompressionSettings(true, CompressionSettings.Mode.SHARED, 10, 6));

	private final ByteBuf burst = Unpooled.buffer();

	@ParameterizedTest
	@CsvSource({ "0,8100", "1,8101", "125,817d", "126,817e007e", "65535,817effff", "65536,817f0000000000010000" })
	void theHeadOfAFrameIsAsShortAsItsLengthAllows(int length, String head) {
		WebSocketFraming.INSTANCE.append(this.burst, Message.text("x".repeat(length)));

		assertThat(ByteBufUtil.hexDump(this.burst)).isEqualTo(head + "78".repeat(length));
	}

	@Test
	void framesOfAServer() {
		Framing server = WebSocketFraming.INSTANCE;

		assertThat(written(() -> server.append(this.burst, Message.binary(new byte[] { 1 })))).isEqualTo("820101");
		assertThat(written(() -> server.appendPing(this.burst))).isEqualTo("8900");
		assertThat(written(() -> server.appendPong(this.burst, new byte[] { 2 }))).isEqualTo("8a0102");
		assertThat(written(() -> server.appendClose(this.burst, 1000, "x"))).isEqualTo("880303e878");
		assertThat(written(() -> server.appendClose(this.burst, 1005, "x"))).isEqualTo("8800");
		assertThat(written(() -> server.appendRetry(this.burst, 1))).isEmpty();
		assertThat(List.of(server.isShared(), server.carries(Message.text("")))).containsOnly(true);
		assertThat(List.of(server.isPrepared(), server.hasEventIds())).containsOnly(false);
	}

	@ParameterizedTest
	@CsvSource({ "0,8180", "125,81fd", "126,81fe007e", "65536,81ff0000000000010000" })
	void framesOfAClientAreMasked(int length, String head) {
		Message message = Message.text("x".repeat(length));

		Framing.webSocketClient().append(this.burst, message);

		assertThat(ByteBufUtil.hexDump(this.burst.readSlice(head.length() / 2))).isEqualTo(head);
		assertThat(unmasked()).isEqualTo("78".repeat(length));
		assertThat(message.asText()).as("is not masked itself").isEqualTo("x".repeat(length));
	}

	@Test
	void controlFramesOfAClientAreMaskedToo() {
		Framing client = Framing.webSocketClient();
		byte[] payload = { 1, 2 };
		client.appendPing(this.burst);
		client.appendPong(this.burst, payload);
		client.appendClose(this.burst, 4000, "é");
		client.appendClose(this.burst, 1005, "é");

		List<String> frames = new ArrayList<>();
		while (this.burst.isReadable()) {
			int opcode = this.burst.readByte() & 0xFF;
			int length = this.burst.readByte() & 0xFF;
			byte[] frame = new byte[4 + (length & 0x7F)];
			this.burst.readBytes(frame);
			frames.add(String.format("%02x%02x%s", opcode, length, unmasked(frame)));
		}

		assertThat(frames).containsExactly("8980", "8a820102", "88840fa0c3a9", "8880");
		assertThat(payload).containsExactly(1, 2);
	}

	@Test
	void noTwoFramesOfAClientHaveTheSameMask() {
		Framing client = Framing.webSocketClient();
		Set<Integer> keys = new HashSet<>();

		for (int i = 0; i < 200; i++) {
			client.appendPing(this.burst);
			keys.add(this.burst.skipBytes(2).readInt());
		}

		assertThat(keys).hasSizeGreaterThan(198);
		assertThat(client.isShared()).isFalse();
	}

	@Test
	void aClientCompressesWhatIsLargeEnoughOnceThatIsAgreedOn() {
		Framing client = Framing.webSocketClient();
		client.compress(COMPRESSION);

		client.append(this.burst, Message.text("123456789"));
		client.append(this.burst, Message.text("x".repeat(1000)));

		assertThat(ByteBufUtil.hexDump(this.burst.readSlice(2))).isEqualTo("8189");
		this.burst.skipBytes(4 + 9);
		assertThat(this.burst.readUnsignedByte()).isEqualTo((short) 0xC1);
		assertThat(this.burst.readUnsignedByte() & 0x7F).isLessThan(100);
	}

	@ParameterizedTest
	@CsvSource({ "0,8", "9,8", "10,C", "256,C", "257,8" })
	void aServerCompressesWhatIsLargeEnoughAndFitsIntoTheWindow(int length, char first) {
		Framing server = COMPRESSION.framing(new DeflateParameters(false, false, 8, ""));
		Message message = Message.text("x".repeat(length));

		server.prepare(message);
		server.append(this.burst, message);
		String frame = ByteBufUtil.hexDump(this.burst);

		assertThat(Character.toUpperCase(frame.charAt(0))).isEqualTo(first);
		assertThat(written(() -> server.append(this.burst, message.uncompressed()))).startsWith("81");
		assertThat(written(() -> server.appendPing(this.burst))).isEqualTo("8900");
		assertThat(written(() -> server.appendPong(this.burst, new byte[] { 2 }))).isEqualTo("8a0102");
		assertThat(written(() -> server.appendClose(this.burst, 1000, ""))).isEqualTo("880203e8");
		assertThat(List.of(server.isShared(), server.isPrepared())).containsOnly(true);
	}

	@Test
	void whatIsCompressedForOneConnectionGoesToNoOtherAndEndsWithIt() {
		Framing dedicated = COMPRESSION.framing(new DeflateParameters(true, false, 15, ""));
		Message message = Message.text("x".repeat(100));
		assertThat(List.of(dedicated.isShared(), dedicated.isPrepared())).containsOnly(false);
		assertThat(written(() -> dedicated.append(this.burst, message))).startsWith("c1");

		dedicated.dispose();

		// of which class depends on the JDK
		assertThatThrownBy(() -> dedicated.append(this.burst, message)).isInstanceOf(RuntimeException.class)
			.hasMessageContaining("closed");
	}

	@Test
	void aBurstBeginsInABufferOfItsOwn() {
		ByteBuf begun = WebSocketFraming.INSTANCE.begin(UnpooledByteBufAllocator.DEFAULT, 100);
		assertThat(begun.capacity()).isEqualTo(100);
		assertThat(begun.isReadable()).isFalse();
		begun.release();

		ByteBuf chunk = SseFraming.CHUNKED.begin(UnpooledByteBufAllocator.DEFAULT, 100);
		assertThat(chunk.writerIndex()).as("room for the length of the chunk").isEqualTo(10);
		chunk.release();
	}

	@Test
	void anEventIsWrittenFieldByField() {
		Message event = Message.text("a").id("7").event("e").retry(Duration.ofSeconds(2));

		assertThat(text(() -> SseFraming.BARE.append(this.burst, event)))
			.isEqualTo("id: 7\nevent: e\nretry: 2000\ndata: a\n\n");
		assertThat(text(() -> SseFraming.BARE.append(this.burst, SseFraming.position("9")))).isEqualTo("id: 9\n\n");
		assertThat(text(() -> SseFraming.BARE.append(this.burst, Message.binary(new byte[] { 'b' }))))
			.isEqualTo("data: b\n\n");
		assertThat(text(() -> SseFraming.BARE.appendPing(this.burst))).isEqualTo(": ping\n\n");
		assertThat(text(() -> SseFraming.BARE.appendRetry(this.burst, 5))).isEqualTo("retry: 5\n\n");
		assertThat(SseFraming.BARE.hasEventIds()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''       | [data: ]
			a        | [data: a]
			a;b      | [data: a, data: b]
			a/b      | [data: a, data: b]
			a/;b     | [data: a, data: b]
			a;/b     | [data: a, data: , data: b]
			a/;      | [data: a, data: ]
			a/       | [data: a, data: ]
			;        | [data: , data: ]
			//       | [data: , data: , data: ]
			;;a      | [data: , data: , data: a]
			""")
	void eachLineIsAFieldWhateverEndsIt(String given, String lines) {
		Message event = Message.text(given.replace(';', '\n').replace('/', '\r'));

		String written = text(() -> SseFraming.BARE.append(this.burst, event));

		assertThat(written).endsWith("\n\n");
		assertThat(Arrays.asList(written.substring(0, written.length() - 2).split("\n"))).hasToString(lines);
	}

	@Test
	void anEventStreamCarriesWhatIsText() {
		assertThat(SseFraming.BARE.carries(Message.text("é"))).isTrue();
		assertThat(SseFraming.BARE.carries(Message.binary("é".getBytes(StandardCharsets.UTF_8)))).isTrue();
		assertThat(SseFraming.BARE.carries(Message.binary(new byte[] { (byte) 0xFF }))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "0,8", "1,9", "7,f", "8,10", "247,ff", "248,100", "70000,11178" })
	void aBurstIsOneChunk(int length, String size) {
		ByteBuf chunk = Unpooled.buffer(SseFraming.CHUNKED.room(length));
		SseFraming.CHUNKED.begin(chunk);
		SseFraming.CHUNKED.append(chunk, Message.text("x".repeat(length)));
		SseFraming.CHUNKED.end(chunk);

		assertThat(chunk.toString(StandardCharsets.UTF_8))
			.isEqualTo(size + "\r\ndata: " + "x".repeat(length) + "\n\n\r\n");
	}

	@Test
	void nothingIsNoChunkAndTheLastOneIsEmpty() {
		ByteBuf nothing = Unpooled.buffer(SseFraming.CHUNKED.room(0));
		SseFraming.CHUNKED.begin(nothing);
		SseFraming.CHUNKED.end(nothing);
		assertThat(nothing.isReadable()).isFalse();

		assertThat(text(() -> SseFraming.CHUNKED.appendClose(this.burst, 0, ""))).isEqualTo("0\r\n\r\n");
		assertThat(text(() -> SseFraming.BARE.appendClose(this.burst, 0, ""))).isEmpty();
		SseFraming.BARE.append(this.burst, Message.text("a"));
		assertThat(text(() -> SseFraming.BARE.end(this.burst))).isEqualTo("data: a\n\n");
	}

	@ParameterizedTest
	@CsvSource({ "0,26", "800,926", "2147483647,67108864" })
	void aBurstBeginsWithRoomForALittleMoreThanItsContent(int content, int room) {
		assertThat(SseFraming.BARE.room(content)).isEqualTo(room);
	}

	@Test
	void aLengthCarriesWhatItCanCount() {
		assertThat(carries(1, 255)).isTrue();
		assertThat(carries(1, 256)).isFalse();
		assertThat(carries(2, 0xFFFF)).isTrue();
		assertThat(carries(2, 0x10000)).isFalse();
		assertThat(carries(4, 0x10000)).isTrue();
		assertThat(carries(8, 0x10000)).isTrue();
		Framing parts = new SwitchableFraming(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN).inParts());
		assertThat(parts.carries(MessagePart.of(new byte[10], 0, 255))).isTrue();
		assertThat(parts.carries(MessagePart.of(new byte[10], 0, 256))).isFalse();
	}

	@Test
	void oneConnectionsFramerMayChange() {
		SwitchableFraming framing = new SwitchableFraming(Framer.raw());

		framing.append(this.burst, Message.text("a"));
		framing.framer(Framer.line());
		framing.append(this.burst, Message.text("b"));
		framing.framer(Framer.delimiter("--"));
		framing.append(this.burst, Message.text("c"));
		framing.framer(Framer.lengthPrefixed(1, ByteOrder.BIG_ENDIAN));
		framing.append(this.burst, Message.text("d"));

		assertThat(text(() -> {
		})).isEqualTo("ab\nc--\u0001d");
		assertThat(framing.isShared()).isFalse();
	}

	@Test
	void theClientOfAnEventStreamWritesNothing() {
		assertThat(Framing.none().carries(Message.text("a"))).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> Framing.none().append(this.burst, Message.text("a")));
	}

	private static boolean carries(int lengthBytes, int size) {
		return new SwitchableFraming(Framer.lengthPrefixed(lengthBytes, ByteOrder.BIG_ENDIAN))
			.carries(Message.binary(new byte[size]));
	}

	private String written(Runnable writer) {
		this.burst.clear();
		writer.run();
		return ByteBufUtil.hexDump(this.burst);
	}

	private String text(Runnable writer) {
		writer.run();
		String text = this.burst.toString(StandardCharsets.UTF_8);
		this.burst.clear();
		return text;
	}

	private String unmasked() {
		byte[] rest = new byte[this.burst.readableBytes()];
		this.burst.readBytes(rest);
		return unmasked(rest);
	}

	/** The content behind a mask, as hexadecimal digits. */
	private static String unmasked(byte[] masked) {
		byte[] content = Arrays.copyOfRange(masked, 4, masked.length);
		for (int i = 0; i < content.length; i++) {
			content[i] ^= masked[i % 4];
		}
		return ByteBufUtil.hexDump(content);
	}

}
