package io.iodine.connection.frame;

import java.nio.ByteOrder;

import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.MessagePart;
import io.netty.buffer.ByteBuf;

/** Writes a length prefix before each message. */
final class LengthFraming implements Framing {

	private final int lengthBytes;

	private final boolean littleEndian;

	private final boolean parts;

	LengthFraming(Framer framer) {
		this.lengthBytes = framer.lengthBytes();
		this.littleEndian = framer.order() == ByteOrder.LITTLE_ENDIAN;
		this.parts = framer.isInParts();
	}

	/** A short length prefix has no room for the size of a long message. */
	@Override
	public boolean carries(Message message) {
		long size = this.parts ? MessagePart.of(message).size() : message.size();
		return this.lengthBytes == Long.BYTES || size < 1L << (this.lengthBytes * Byte.SIZE);
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		if (!this.parts) {
			appendLength(burst, message.size());
		}
		else if (MessagePart.of(message).isFirst()) {
			appendLength(burst, MessagePart.of(message).size());
		}
		burst.writeBytes(message.asByteBuffer());
	}

	private void appendLength(ByteBuf burst, long length) {
		for (int i = 0; i < this.lengthBytes; i++) {
			int place = this.littleEndian ? i : this.lengthBytes - 1 - i;
			burst.writeByte((int) (length >>> (place * Byte.SIZE)));
		}
	}

}
