package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Bytes as they are. */
final class RawFraming implements Framing {

	static final RawFraming INSTANCE = new RawFraming();

	private RawFraming() {
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		burst.writeBytes(message.asByteBuffer());
	}

}
