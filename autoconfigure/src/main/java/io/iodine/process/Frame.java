package io.iodine.process;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/**
 * The format of the control socket: four bytes for the length of what follows, one for
 * the type, the body.
 */
final class Frame {

	/** What stands before a body. */
	static final int HEADER = 5;

	private static final int LENGTH_FIELD = 4;

	/** For answers in parts and lists, which a small limit of messages must not cut. */
	private static final int ROOM = 1 << 20;

	private Frame() {
	}

	static ByteBuf of(FrameType type) {
		return of(type, Unpooled.EMPTY_BUFFER);
	}

	static ByteBuf of(FrameType type, String body) {
		return of(type, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
	}

	/** Takes the body over. */
	@SuppressWarnings("EnumOrdinal") // both ends run the same release
	static ByteBuf of(FrameType type, ByteBuf body) {
		ByteBuf header = ByteBufAllocator.DEFAULT.buffer(HEADER)
			.writeInt(1 + body.readableBytes())
			.writeByte(type.ordinal());
		return body.isReadable() ? Unpooled.wrappedBuffer(header, body) : header;
	}

	static void addDecoder(ChannelPipeline pipeline, int maxBody) {
		pipeline.addLast(new LengthFieldBasedFrameDecoder(HEADER + maxBody + ROOM, 0, LENGTH_FIELD, 0, LENGTH_FIELD));
	}

}
