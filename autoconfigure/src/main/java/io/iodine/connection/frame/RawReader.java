package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Reads the bytes of each read as one binary message. */
final class RawReader implements FrameReader {

	private final FrameListener listener;

	private final int maxMessageSize;

	RawReader(FrameListener listener, int maxMessageSize) {
		this.listener = listener;
		this.maxMessageSize = maxMessageSize;
	}

	@Override
	public void read(ByteBuf bytes) {
		do {
			byte[] content = new byte[Math.min(bytes.readableBytes(), this.maxMessageSize)];
			bytes.readBytes(content);
			this.listener.received(Message.binary(content));
		}
		while (bytes.isReadable() && this.listener.wantsMore());
	}

}
