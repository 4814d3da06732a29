package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** The frames of a WebSocket server (RFC 6455, section 5.2): whole and unmasked. */
final class WebSocketFraming implements Framing {

	static final WebSocketFraming INSTANCE = new WebSocketFraming();

	static final int CONTINUATION = 0x0;

	static final int TEXT = 0x1;

	static final int BINARY = 0x2;

	static final int CLOSE = 0x8;

	static final int PING = 0x9;

	static final int PONG = 0xA;

	/** The close code that says that the peer gave none; never sent. */
	static final int NO_CODE = 1005;

	/** The first reserved bit: the message is compressed (RFC 7692, section 6). */
	static final int DEFLATED = 0x40;

	private static final int FIN = 0x80;

	private WebSocketFraming() {
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		appendHead(burst, opcode(message), message.size());
		burst.writeBytes(message.asByteBuffer());
	}

	@Override
	public void appendPong(ByteBuf burst, byte[] payload) {
		appendHead(burst, PONG, payload.length);
		burst.writeBytes(payload);
	}

	@Override
	public void appendPing(ByteBuf burst) {
		appendHead(burst, PING, 0);
	}

	@Override
	public void appendClose(ByteBuf burst, int code, String text) {
		if (code == NO_CODE) {
			appendHead(burst, CLOSE, 0);
			return;
		}
		byte[] reason = text.getBytes(StandardCharsets.UTF_8);
		appendHead(burst, CLOSE, Short.BYTES + reason.length);
		burst.writeShort(code);
		burst.writeBytes(reason);
	}

	static int opcode(Message message) {
		return message.isText() ? TEXT : BINARY;
	}

	/**
	 * Adds the head of a whole message's frame.
	 * @param burst where to
	 * @param opcode the opcode, with {@link #DEFLATED} or not
	 * @param length of the content
	 */
	static void appendHead(ByteBuf burst, int opcode, int length) {
		burst.writeByte(FIN | opcode);
		if (length <= 125) {
			burst.writeByte(length);
		}
		else if (length <= 0xFFFF) {
			burst.writeByte(126).writeShort(length);
		}
		else {
			burst.writeByte(127).writeLong(length);
		}
	}

}
