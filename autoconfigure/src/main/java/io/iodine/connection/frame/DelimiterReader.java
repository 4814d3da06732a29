package io.iodine.connection.frame;

import java.util.Arrays;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/**
 * Reads messages that end with a delimiter. Memory for a message grows with the bytes
 * received, and only that of a short one is kept for the next.
 */
final class DelimiterReader implements FrameReader {

	private static final int FIRST_PIECE = 256;

	private static final int MAX_KEPT = 1024;

	private static final byte[] NOTHING = {};

	private final FrameListener listener;

	private final byte[] delimiter;

	/** Whether a CR before the delimiter is left out. */
	private final boolean line;

	private final int maxMessageSize;

	private byte[] content = NOTHING;

	private int length;

	private boolean finished;

	DelimiterReader(FrameListener listener, byte[] delimiter, boolean line, int maxMessageSize) {
		this.listener = listener;
		this.delimiter = delimiter;
		this.line = line;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	public void read(ByteBuf bytes) {
		byte last = this.delimiter[this.delimiter.length - 1];
		while (bytes.isReadable() && !this.finished) {
			int end = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), last);
			if (!add(bytes, (end < 0) ? bytes.readableBytes() : end + 1 - bytes.readerIndex())) {
				break;
			}
			if (end >= 0 && endsWithDelimiter()) {
				this.listener.received(take());
				if (!this.listener.wantsMore()) {
					return;
				}
			}
		}
		if (this.finished) {
			bytes.skipBytes(bytes.readableBytes());
		}
	}

	@Override
	public boolean isWithinMessage() {
		return this.length > 0;
	}

	@Override
	public byte[] partial() {
		byte[] partial = Arrays.copyOf(this.content, this.length);
		this.length = 0;
		return partial;
	}

	private boolean add(ByteBuf bytes, int piece) {
		// what is no delimiter in the end may only be as long as a message
		long most = (long) this.maxMessageSize + this.delimiter.length + (this.line ? 1 : 0);
		if ((long) this.length + piece > most) {
			return fail();
		}
		int needed = this.length + piece;
		if (needed > this.content.length) {
			this.content = Arrays.copyOf(this.content,
					(int) Math.min(most, Math.max(needed, Math.max(FIRST_PIECE, this.content.length * 2L))));
		}
		bytes.readBytes(this.content, this.length, piece);
		this.length = needed;
		return true;
	}

	private boolean endsWithDelimiter() {
		return this.length >= this.delimiter.length && Arrays.equals(this.content, this.length - this.delimiter.length,
				this.length, this.delimiter, 0, this.delimiter.length) && fits();
	}

	private boolean fits() {
		return messageLength() <= this.maxMessageSize || fail();
	}

	private int messageLength() {
		int end = this.length - this.delimiter.length;
		return (this.line && end > 0 && this.content[end - 1] == '\r') ? end - 1 : end;
	}

	private Message take() {
		byte[] whole = Arrays.copyOf(this.content, messageLength());
		this.length = 0;
		if (this.content.length > MAX_KEPT) {
			this.content = NOTHING;
		}
		return Utf8Validator.isValid(whole) ? Message.text(whole) : Message.binary(whole);
	}

	private boolean fail() {
		this.finished = true;
		this.content = NOTHING;
		this.length = 0;
		this.listener.violated(CloseCode.TOO_BIG, "a message is longer than " + this.maxMessageSize + " bytes");
		return false;
	}

}
