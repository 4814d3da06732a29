package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.iodine.Framer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the memory that a {@link FrameReader} keeps after a long message. */
class ReaderMemoryTests {

	private static final int MAX = 256 * 1024;

	private static final int READERS = 64;

	private static final byte[] LONG = "x".repeat(MAX - 10).getBytes(UTF_8);

	@Test
	void thatOfALineIsNotKept() {
		byte[] lines = bytes(LONG, "\nxy\n");

		assertThat(kept((listener) -> FrameReader.of(Framer.line(), listener, MAX), lines)).isLessThan(MAX / 4);
	}

	@Test
	void thatOfAnEventIsNotKept() {
		byte[] events = bytes("data:", LONG, "\n\ndata:xy\n\n");

		assertThat(kept((listener) -> FrameReader.events(listener, MAX), events)).isLessThan(MAX / 4);
	}

	@Test
	void thatOfAMessageIsNotKeptAfterACloseFrame() {
		byte[] head = ByteBuffer.allocate(10).put((byte) 0x02).put((byte) 127).putLong(LONG.length).array();
		byte[] close = { (byte) 0x88, 0 };

		assertThat(kept((listener) -> FrameReader.webSocketClient(listener, MAX), bytes(head, LONG, close)))
			.isLessThan(MAX / 4);
	}

	/** Bytes that a reader keeps after it has read some. */
	private static long kept(Function<FrameListener, FrameReader> factory, byte[] bytes) {
		RecordingListener listener = new RecordingListener();
		List<FrameReader> readers = new ArrayList<>();
		long before = usedMemory();
		for (int i = 0; i < READERS; i++) {
			FrameReader reader = factory.apply(listener);
			reader.read(Unpooled.wrappedBuffer(bytes));
			readers.add(reader);
			assertThat(listener.events).isNotEmpty().noneMatch((event) -> event.startsWith("violation"));
			listener.events.clear();
		}
		long kept = usedMemory() - before;
		assertThat(readers).noneMatch(FrameReader::isWithinMessage);
		return kept / READERS;
	}

	private static long usedMemory() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private static byte[] bytes(Object... parts) {
		ByteBuf all = Unpooled.buffer();
		for (Object part : parts) {
			all.writeBytes((part instanceof String text) ? text.getBytes(UTF_8) : (byte[]) part);
		}
		byte[] bytes = new byte[all.readableBytes()];
		all.readBytes(bytes);
		return bytes;
	}

}
