package io.iodine.connection.frame;

import java.nio.ByteOrder;
import java.util.Arrays;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.netty.buffer.ByteBuf;

/**
 * Reads messages with a length prefix. Memory for a message grows with the bytes
 * received, not with the length announced.
 */
final class LengthReader implements FrameReader {

	/** So much memory is taken at once for a message of which little has come. */
	private static final int FIRST_PIECE = 4096;

	private static final byte[] NOTHING = {};

	private final FrameListener listener;

	private final int lengthBytes;

	private final boolean littleEndian;

	private final boolean parts;

	private final int maxMessageSize;

	/** The length, as far as it has come. */
	private long announced;

	private int announcedBytes;

	private byte[] content = NOTHING;

	private int length;

	/** How much of a message that comes in parts has been received. */
	private long offset;

	private boolean finished;

	LengthReader(FrameListener listener, Framer framer, int maxMessageSize) {
		this.listener = listener;
		this.lengthBytes = framer.lengthBytes();
		this.littleEndian = framer.order() == ByteOrder.LITTLE_ENDIAN;
		this.parts = framer.isInParts();
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	public void read(ByteBuf bytes) {
		while (bytes.isReadable() && !this.finished) {
			if (!readLength(bytes) || (this.parts ? !readPart(bytes) : !readContent(bytes))) {
				break;
			}
			if (!this.listener.wantsMore()) {
				return;
			}
		}
		if (this.finished) {
			bytes.skipBytes(bytes.readableBytes());
		}
	}

	@Override
	public boolean isWithinMessage() {
		return this.announcedBytes > 0;
	}

	@Override
	public byte[] partial() {
		if (this.offset > 0) {
			// the first parts were received already
			reset();
		}
		byte[] partial = new byte[this.announcedBytes + this.length];
		for (int i = 0; i < this.announcedBytes; i++) {
			partial[i] = (byte) (this.announced >>> (place(i) * Byte.SIZE));
		}
		System.arraycopy(this.content, 0, partial, this.announcedBytes, this.length);
		reset();
		return partial;
	}

	private void reset() {
		this.announced = 0;
		this.announcedBytes = 0;
		this.content = NOTHING;
		this.length = 0;
		this.offset = 0;
	}

	private boolean readLength(ByteBuf bytes) {
		while (this.announcedBytes < this.lengthBytes) {
			if (!bytes.isReadable()) {
				return false;
			}
			this.announced |= (long) bytes.readUnsignedByte() << (place(this.announcedBytes++) * Byte.SIZE);
		}
		return (this.announced >= 0 && (this.parts || this.announced <= this.maxMessageSize)) || fail();
	}

	private int place(int index) {
		return this.littleEndian ? index : this.lengthBytes - 1 - index;
	}

	private boolean readContent(ByteBuf bytes) {
		int whole = (int) this.announced;
		int piece = Math.min(whole - this.length, bytes.readableBytes());
		int needed = this.length + piece;
		if (needed > this.content.length) {
			int grown = (needed == whole) ? whole
					: (int) Math.min(whole, Math.max(FIRST_PIECE, Math.max(needed, this.content.length * 2L)));
			this.content = Arrays.copyOf(this.content, grown);
		}
		bytes.readBytes(this.content, this.length, piece);
		this.length = needed;
		if (needed < whole) {
			return false;
		}
		byte[] message = this.content;
		reset();
		this.listener.received(Message.binary(message));
		return true;
	}

	/** Reads what has come, up to the limit, unless nothing has and more must come. */
	private boolean readPart(ByteBuf bytes) {
		long left = this.announced - this.offset;
		int piece = (int) Math.min(left, Math.min(bytes.readableBytes(), this.maxMessageSize));
		if (piece == 0 && left > 0) {
			return false;
		}
		byte[] part = new byte[piece];
		bytes.readBytes(part);
		Message message = MessagePart.of(part, this.offset, this.announced);
		this.offset += piece;
		if (this.offset == this.announced) {
			reset();
		}
		this.listener.received(message);
		return true;
	}

	private boolean fail() {
		this.finished = true;
		String size = Long.toUnsignedString(this.announced);
		reset();
		this.listener.violated(CloseCode.TOO_BIG,
				"a message of " + size + " bytes is longer than " + this.maxMessageSize + " bytes");
		return false;
	}

}
