package io.iodine.connection.frame;

import java.nio.ByteOrder;
import java.util.Arrays;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/**
 * Reads messages whose length stands before them. Memory for a message grows with what
 * has come, not with what was announced.
 */
final class LengthReader implements FrameReader {

	/** So much memory is taken at once for a message of which little has come. */
	private static final int FIRST_PIECE = 4096;

	private static final byte[] NOTHING = {};

	private final FrameListener listener;

	private final int lengthBytes;

	private final boolean littleEndian;

	private final int maxMessageSize;

	/** The length, as far as it has come. */
	private long announced;

	private int announcedBytes;

	private byte[] content = NOTHING;

	private int length;

	private boolean finished;

	LengthReader(FrameListener listener, int lengthBytes, ByteOrder order, int maxMessageSize) {
		this.listener = listener;
		this.lengthBytes = lengthBytes;
		this.littleEndian = order == ByteOrder.LITTLE_ENDIAN;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	public void read(ByteBuf bytes) {
		while (bytes.isReadable() && !this.finished) {
			if (!readLength(bytes) || !readContent(bytes)) {
				break;
			}
			byte[] whole = this.content;
			reset();
			this.listener.received(Message.binary(whole));
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
	}

	private boolean readLength(ByteBuf bytes) {
		while (this.announcedBytes < this.lengthBytes) {
			if (!bytes.isReadable()) {
				return false;
			}
			this.announced |= (long) bytes.readUnsignedByte() << (place(this.announcedBytes++) * Byte.SIZE);
		}
		return (this.announced >= 0 && this.announced <= this.maxMessageSize) || fail();
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
		return needed == whole;
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
