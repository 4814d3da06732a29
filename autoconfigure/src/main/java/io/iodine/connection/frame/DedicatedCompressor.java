package io.iodine.connection.frame;

import java.util.zip.Deflater;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Compresses for one connection, each message with what it has in common with those
 * before. Its memory is taken at the first message and freed at the end. Belongs to the
 * event loop.
 */
final class DedicatedCompressor implements MessageCompressor {

	private static final byte[] NOTHING = {};

	private static final int SLACK = 64;

	private final int level;

	private @Nullable Deflater deflater;

	DedicatedCompressor(int level) {
		this.level = level;
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		ByteBuf deflated = burst.alloc().directBuffer(message.size() / 2 + SLACK);
		try {
			Deflater own = deflater();
			CompressedContent.append(deflated, own, message);
			own.setInput(NOTHING);
			WebSocketFraming.appendHead(burst, WebSocketFraming.DEFLATED | WebSocketFraming.opcode(message),
					deflated.readableBytes());
			burst.writeBytes(deflated);
		}
		finally {
			deflated.release();
		}
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public void end() {
		if (this.deflater != null) {
			this.deflater.end();
		}
	}

	private Deflater deflater() {
		if (this.deflater == null) {
			this.deflater = new Deflater(this.level, true);
		}
		return this.deflater;
	}

}
