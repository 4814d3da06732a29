package io.iodine.process;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;

/**
 * The format of the control socket: four bytes for the length of what follows, one for
 * the type, the body.
 */
final class Frame {

	/** What stands before a body. */
	static final int HEADER = 5;

	/** The version of all frames; another one is another master. */
	static final int VERSION = 1;

	/** How much is given to a channel before it has sent it. */
	static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 512 * 1024);

	private static final int LENGTH_FIELD = 4;

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
		ByteBuf header;
		try {
			header = ByteBufAllocator.DEFAULT.buffer(HEADER);
		}
		catch (Throwable ex) {
			body.release();
			throw ex;
		}
		header.writeInt(1 + body.readableBytes()).writeByte(type.ordinal());
		return body.isReadable() ? Unpooled.wrappedBuffer(header, body) : header;
	}

	/**
	 * Adds a frame to others.
	 * @param frames the frames before it
	 * @param type the type
	 * @param body writes the body
	 * @return the number of bytes of the body
	 */
	@SuppressWarnings("EnumOrdinal") // both ends run the same release
	static int append(ByteBuf frames, FrameType type, Consumer<ByteBuf> body) {
		int start = frames.writerIndex();
		body.accept(frames.writeInt(0).writeByte(type.ordinal()));
		frames.setInt(start, frames.writerIndex() - start - LENGTH_FIELD);
		return frames.writerIndex() - start - HEADER;
	}

}
