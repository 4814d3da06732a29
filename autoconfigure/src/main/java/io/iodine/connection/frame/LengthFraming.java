package io.iodine.connection.frame;

import java.nio.ByteOrder;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Writes the length of each message before it. */
final class LengthFraming implements Framing {

	private final int lengthBytes;

	private final boolean littleEndian;

	LengthFraming(int lengthBytes, ByteOrder order) {
		this.lengthBytes = lengthBytes;
		this.littleEndian = order == ByteOrder.LITTLE_ENDIAN;
	}

	/** A short length can't tell of a long message. */
	@Override
	public boolean carries(Message message) {
		return this.lengthBytes >= Integer.BYTES || message.size() < 1 << (this.lengthBytes * Byte.SIZE);
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		for (int i = 0; i < this.lengthBytes; i++) {
			int place = this.littleEndian ? i : this.lengthBytes - 1 - i;
			burst.writeByte((int) ((long) message.size() >>> (place * Byte.SIZE)));
		}
		burst.writeBytes(message.asByteBuffer());
	}

}
