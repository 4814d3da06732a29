package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** The content of a compressed message (RFC 7692, section 7.2.1). */
final class CompressedContent {

	/** What each flush ends with and the frame leaves out. */
	private static final int TAIL = 4;

	/** With less space the end of a flush could come twice. */
	private static final int MIN_SPACE = 32;

	private CompressedContent() {
	}

	/**
	 * Compresses a message.
	 * @param out where to
	 * @param deflater knows the messages before, or was reset
	 * @param message the message, not empty
	 */
	static void append(ByteBuf out, Deflater deflater, Message message) {
		deflater.setInput(message.asByteBuffer());
		boolean full;
		do {
			out.ensureWritable(MIN_SPACE);
			ByteBuffer space = out.nioBuffer(out.writerIndex(), out.writableBytes());
			int written = deflater.deflate(space, Deflater.SYNC_FLUSH);
			out.writerIndex(out.writerIndex() + written);
			full = !out.isWritable();
		}
		while (full);
		out.writerIndex(out.writerIndex() - TAIL);
	}

}
