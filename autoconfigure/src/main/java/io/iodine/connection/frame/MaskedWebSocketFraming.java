package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a WebSocket client (RFC 6455, section 5.3): whole, each masked with a key
 * that can't be predicted. Belongs to one connection and the event loop.
 */
final class MaskedWebSocketFraming implements Framing {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int MASKED = 0x80;

	private static final int KEYS_AT_ONCE = 64;

	private static final byte[] NOTHING = {};

	private final ByteBuffer keys = ByteBuffer.allocate(KEYS_AT_ONCE * Integer.BYTES).limit(0);

	private @Nullable CompressionFactory compression;

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public void compress(CompressionFactory agreed) {
		this.compression = agreed;
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		byte[] deflated = (this.compression != null) ? this.compression.deflated(message) : NOTHING;
		if (deflated.length > 0) {
			append(burst, WebSocketFraming.DEFLATED | WebSocketFraming.opcode(message), deflated);
		}
		else {
			append(burst, WebSocketFraming.opcode(message), message.asBytes());
		}
	}

	@Override
	public void appendPong(ByteBuf burst, byte[] payload) {
		append(burst, WebSocketFraming.PONG, payload.clone());
	}

	@Override
	public void appendPing(ByteBuf burst) {
		append(burst, WebSocketFraming.PING, new byte[0]);
	}

	@Override
	public void appendClose(ByteBuf burst, int code, String text) {
		if (code == WebSocketFraming.NO_CODE) {
			append(burst, WebSocketFraming.CLOSE, new byte[0]);
			return;
		}
		byte[] reason = text.getBytes(StandardCharsets.UTF_8);
		append(burst, WebSocketFraming.CLOSE,
				ByteBuffer.allocate(Short.BYTES + reason.length).putShort((short) code).put(reason).array());
	}

	/** Masks the content in place. */
	private void append(ByteBuf burst, int opcode, byte[] content) {
		int head = burst.writerIndex();
		WebSocketFraming.appendHead(burst, opcode, content.length);
		burst.setByte(head + 1, burst.getByte(head + 1) | MASKED);
		int key = key();
		burst.writeInt(key);
		Masking.apply(content, 0, content.length, key, 0);
		burst.writeBytes(content);
	}

	private int key() {
		if (!this.keys.hasRemaining()) {
			RANDOM.nextBytes(this.keys.array());
			this.keys.clear();
		}
		return this.keys.getInt();
	}

}
