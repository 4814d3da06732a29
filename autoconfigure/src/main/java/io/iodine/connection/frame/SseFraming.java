package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/**
 * Server-sent events (HTML living standard, section 9.2.5), a burst of them as one chunk
 * of an HTTP/1.1 response (RFC 9112, section 7.1) or as bare bytes.
 */
public final class SseFraming implements Framing {

	/** For HTTP/1.1. */
	public static final SseFraming CHUNKED = new SseFraming(true);

	/** For HTTP/2, whose frames need no chunks, and for HTTP/1.0, which has none. */
	public static final SseFraming BARE = new SseFraming(false);

	/** Room in front of a burst for the length of its chunk: eight digits and CR LF. */
	private static final int CHUNK_HEAD = 10;

	/** A larger burst grows as it is written. */
	private static final long MAX_HINT = 64L * 1024 * 1024;

	private static final byte[] DATA = ascii("data: ");

	private static final byte[] ID = ascii("id: ");

	private static final byte[] EVENT = ascii("event: ");

	private static final byte[] RETRY = ascii("retry: ");

	private static final byte[] COMMENT = ascii(": ping\n\n");

	/** Can't come from elsewhere: binary messages are carried when they are UTF-8. */
	private static final byte[] NO_EVENT = { (byte) 0xFF };

	private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");

	private static final byte[] HEX = ascii("0123456789abcdef");

	private final boolean chunked;

	private SseFraming(boolean chunked) {
		this.chunked = chunked;
	}

	/**
	 * Makes an event without data, which has clients remember the id and dispatch
	 * nothing.
	 * @param id the id
	 * @return a message for this framing only
	 */
	public static Message position(String id) {
		return Message.binary(NO_EVENT.clone()).id(id);
	}

	@Override
	public boolean hasEventIds() {
		return true;
	}

	@Override
	public boolean carries(Message message) {
		return message.isText() || Utf8Validator.isValid(message.asBytes());
	}

	@Override
	public int room(int content) {
		return (int) Math.min(MAX_HINT, 16L + CHUNK_HEAD + content + content / 8);
	}

	@Override
	public void begin(ByteBuf burst) {
		if (this.chunked) {
			burst.setIndex(CHUNK_HEAD, CHUNK_HEAD);
		}
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		message.id().ifPresent((id) -> appendField(burst, ID, id));
		message.event().ifPresent((event) -> appendField(burst, EVENT, event));
		message.retry().ifPresent((retry) -> appendField(burst, RETRY, Long.toString(retry.toMillis())));
		if (message.isText() || !isPosition(message)) {
			appendLines(burst, message.asByteBuffer());
		}
		burst.writeByte('\n');
	}

	@Override
	public void appendPing(ByteBuf burst) {
		burst.writeBytes(COMMENT);
	}

	@Override
	public void appendRetry(ByteBuf burst, int millis) {
		appendField(burst, RETRY, Integer.toString(millis));
		burst.writeByte('\n');
	}

	@Override
	public void end(ByteBuf burst) {
		if (!this.chunked) {
			return;
		}
		int length = burst.readableBytes();
		if (length == 0) {
			return;
		}
		int at = CHUNK_HEAD - 2;
		burst.setByte(at, '\r').setByte(at + 1, '\n');
		for (int rest = length; rest != 0; rest >>>= 4) {
			burst.setByte(--at, HEX[rest & 0xF]);
		}
		burst.readerIndex(at);
		burst.writeByte('\r').writeByte('\n');
	}

	@Override
	public void appendClose(ByteBuf burst, int code, String text) {
		if (this.chunked) {
			burst.writeBytes(LAST_CHUNK);
		}
	}

	private static boolean isPosition(Message message) {
		return message.size() == 1 && message.asByteBuffer().get() == NO_EVENT[0];
	}

	private static void appendField(ByteBuf burst, byte[] name, String value) {
		burst.writeBytes(name);
		burst.writeCharSequence(value, StandardCharsets.UTF_8);
		burst.writeByte('\n');
	}

	/** Every line, whether it ends with CR, LF or both, is a field of its own. */
	private static void appendLines(ByteBuf burst, ByteBuffer text) {
		int length = text.limit();
		int start = 0;
		for (int i = 0; i < length; i++) {
			byte b = text.get(i);
			if (b == '\n' || b == '\r') {
				appendLine(burst, text, start, i);
				if (b == '\r' && i + 1 < length && text.get(i + 1) == '\n') {
					i++;
				}
				start = i + 1;
			}
		}
		appendLine(burst, text, start, length);
	}

	private static void appendLine(ByteBuf burst, ByteBuffer text, int start, int end) {
		burst.writeBytes(DATA);
		burst.writeBytes(text.limit(end).position(start));
		text.limit(text.capacity());
		burst.writeByte('\n');
	}

	private static byte[] ascii(String s) {
		return s.getBytes(StandardCharsets.US_ASCII);
	}

}
