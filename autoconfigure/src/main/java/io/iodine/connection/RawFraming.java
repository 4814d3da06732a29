package io.iodine.connection;

import io.netty.buffer.ByteBuf;

import io.iodine.Message;

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
