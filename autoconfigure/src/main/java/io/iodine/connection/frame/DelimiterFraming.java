package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Writes a delimiter after each message. */
final class DelimiterFraming implements Framing {

	private final byte[] delimiter;

	DelimiterFraming(byte[] delimiter) {
		this.delimiter = delimiter;
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		burst.writeBytes(message.asByteBuffer());
		burst.writeBytes(this.delimiter);
	}

}
