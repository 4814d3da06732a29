package io.iodine.connection.frame;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of {@link WebSocketReader}, with Netty's decoder as the oracle. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class WebSocketReaderTests {

	private static final int MAX = 1 << 16;

	private static final int ROUNDS = 20_000;

	private final RecordingListener listener = new RecordingListener();

	@ParameterizedTest
	@ValueSource(longs = { MAX, 1L << 31, 1L << 32, 1L << 40, Long.MAX_VALUE - 255, Long.MAX_VALUE })
	void aContinuationThatAnnouncesTooMuchIsTooBig(long length) {
		FrameReader reader = new WebSocketReader(this.listener, MAX, null);

		reader.read(Unpooled.wrappedBuffer(head(0x01, 1), new byte[] { 'a' }, head(0x80, length), head(0x81, 0)));

		assertThat(this.listener.events).containsExactly("violation 1009");
	}

	@ParameterizedTest
	@ValueSource(longs = { 1L << 31, 1L << 40, Long.MAX_VALUE - 255, Long.MAX_VALUE })
	void aCompressedContinuationThatAnnouncesTooMuchIsTooBig(long length) {
		CompressionFactory compression = new CompressionFactory(CompressionSettings.NONE);
		FrameReader reader = compression.reader(new DeflateParameters(false, false, 15, ""), MAX, this.listener);

		reader.read(Unpooled.wrappedBuffer(head(0x41, 1), new byte[] { (byte) 0xF2 }, head(0x80, length)));

		assertThat(this.listener.events).containsExactly("violation 1009");
	}

	@Test
	void onlyTextsAreChecked() {
		FrameReader reader = new WebSocketReader(this.listener, MAX, null);
		byte[] noText = { (byte) 0xC3 };

		reader.read(Unpooled.wrappedBuffer(head(0x81, 1), new byte[] { 'a' }, head(0x82, 1), noText));
		reader.read(Unpooled.wrappedBuffer(head(0x81, 1), new byte[] { 'b' }, head(0x81, 1), noText));

		assertThat(this.listener.events).hasSize(4).endsWith("violation 1007");
	}

	@Test
	void manyFragmentsAreNotCopiedForEachOfThem() {
		FrameReader reader = new WebSocketReader(this.listener, MAX, null);
		ByteBuf fragments = Unpooled.buffer();
		for (int from = 0; from < MAX; from += 16) {
			fragments.writeBytes(head(((from == 0) ? 0x02 : 0x00) | ((from == MAX - 16) ? 0x80 : 0), 16)).writeZero(16);
		}

		long before = allocatedBytes();
		reader.read(fragments);
		long allocated = allocatedBytes() - before;

		assertThat(this.listener.events).hasSize(1);
		assertThat(allocated).isLessThan(40L * MAX);
	}

	private static long allocatedBytes() {
		return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
	}

	@Test
	void framesMeanWhatTheyMeanToNetty() {
		Random random = new Random(6455);
		for (int round = 0; round < ROUNDS; round++) {
			byte[] bytes = frames(random);

			assertThat(read(bytes, 1 + random.nextInt(40))).as(HexFormat.of().formatHex(bytes))
				.isEqualTo(readByNetty(bytes));
		}
	}

	private static List<String> read(byte[] bytes, int piece) {
		RecordingListener heard = new RecordingListener();
		FrameReader reader = new WebSocketReader(heard, MAX, null);
		for (int from = 0; from < bytes.length; from += piece) {
			reader.read(Unpooled.wrappedBuffer(bytes, from, Math.min(piece, bytes.length - from)));
		}
		return heard.events;
	}

	private static List<String> readByNetty(byte[] bytes) {
		EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
			.maxFramePayloadLength(MAX)
			.expectMaskedFrames(true)
			.allowMaskMismatch(false)
			.closeOnProtocolViolation(false)
			.withUTF8Validator(false)
			.build()));
		List<String> heard = new ArrayList<>();
		String violation = null;
		try {
			channel.writeInbound(Unpooled.wrappedBuffer(bytes));
		}
		catch (CorruptedWebSocketFrameException ex) {
			violation = "violation " + ex.closeStatus().code();
		}
		ByteBuf content = Unpooled.buffer();
		String kind = "";
		for (WebSocketFrame frame; (frame = channel.readInbound()) != null; frame.release()) {
			if (frame instanceof CloseWebSocketFrame close) {
				heard.add("close " + ((close.statusCode() < 0) ? 1005 : close.statusCode()) + " " + close.reasonText());
			}
			else if (frame instanceof PingWebSocketFrame) {
				heard.add("ping " + ByteBufUtil.hexDump(frame.content()));
			}
			else if (!(frame instanceof PongWebSocketFrame)) {
				if (!(frame instanceof ContinuationWebSocketFrame)) {
					kind = (frame instanceof TextWebSocketFrame) ? "text " : "binary ";
				}
				content.writeBytes(frame.content());
				if (frame.isFinalFragment()) {
					heard.add(kind + ByteBufUtil.hexDump(content));
					content.clear();
				}
			}
		}
		content.release();
		channel.close();
		if (violation != null) {
			heard.add(violation);
		}
		return heard;
	}

	/** Frames of a client, most of which are right. */
	private static byte[] frames(Random random) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		boolean within = false;
		for (int frames = 1 + random.nextInt(6); frames > 0; frames--) {
			boolean control = random.nextInt(4) == 0;
			boolean last = control || random.nextBoolean();
			int opcode = control ? 8 + random.nextInt(3) : within ? 0 : 1 + random.nextInt(2);
			within = control ? within : !last;
			int first = (last ? 0x80 : 0) | opcode;
			if (random.nextInt(12) == 0) {
				first = random.nextInt(256);
			}
			byte[] payload = payload(random, (first & 0x0F) == 8);
			long length = (random.nextInt(12) == 0) ? random.nextLong() >>> random.nextInt(47) : payload.length;
			// a length that may be right must be, or what follows is read as text
			boolean absurd = length < 0 || length > MAX;
			bytes.writeBytes(head(first, absurd ? length : payload.length, random.nextInt(16) == 0));
			bytes.writeBytes(payload);
		}
		return bytes.toByteArray();
	}

	private static byte[] payload(Random random, boolean close) {
		byte[] payload = new byte[random.nextInt(close ? 8 : 200)];
		for (int i = 0; i < payload.length; i++) {
			payload[i] = (byte) (' ' + random.nextInt(90));
		}
		if (close && payload.length > 1) {
			int code = (random.nextBoolean() ? 995 : 2995) + random.nextInt(25);
			payload[0] = (byte) (code >> 8);
			payload[1] = (byte) code;
		}
		return payload;
	}

	private static byte[] head(int first, long length) {
		return head(first, length, false);
	}

	/** The head of a frame, masked with zeros. */
	private static byte[] head(int first, long length, boolean wide) {
		ByteBuf head = Unpooled.buffer();
		head.writeByte(first);
		if (length >= 0 && length <= 125 && !wide) {
			head.writeByte(0x80 | (int) length);
		}
		else if (length >= 0 && length <= 0xFFFF) {
			head.writeByte(0xFE).writeShort((int) length);
		}
		else {
			head.writeByte(0xFF).writeLong(length);
		}
		head.writeInt(0);
		return ByteBufUtil.getBytes(head);
	}

}
