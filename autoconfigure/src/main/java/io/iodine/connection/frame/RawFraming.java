package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Writes bytes unchanged. */
final class RawFraming implements Framing {

	static final RawFraming INSTANCE = new RawFraming();

	private RawFraming() {
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		burst.writeBytes(message.asByteBuffer());
	}

}
