package io.iodine.connection;

import io.netty.buffer.ByteBuf;

import io.iodine.Message;

/** Makes one binary message of what one read brought. */
final class RawReader implements FrameReader {

	private final NettyConnection connection;

	RawReader(NettyConnection connection) {
		this.connection = connection;
	}

	@Override
	public void read(ByteBuf bytes) {
		byte[] content = new byte[Math.min(bytes.readableBytes(), this.connection.settings().maxMessageSize())];
		bytes.readBytes(content);
		this.connection.receiveQueue().received(Message.binary(content));
		if (bytes.isReadable() && this.connection.receiveQueue().wantsMore()) {
			read(bytes);
		}
	}

}
