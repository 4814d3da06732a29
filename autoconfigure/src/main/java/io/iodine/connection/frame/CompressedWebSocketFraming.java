package io.iodine.connection.frame;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/**
 * The frames of a WebSocket whose messages are compressed (RFC 7692, section 6): those
 * that are large enough, and may be.
 */
final class CompressedWebSocketFraming implements Framing {

	private final MessageCompressor deflation;

	private final int minSize;

	private final int maxSize;

	/**
	 * Creates the framing.
	 * @param deflation the compressor
	 * @param minSize bytes of the smallest message that is compressed
	 * @param maxSize bytes of the largest message that is compressed
	 */
	CompressedWebSocketFraming(MessageCompressor deflation, int minSize, int maxSize) {
		this.deflation = deflation;
		this.minSize = Math.max(1, minSize);
		this.maxSize = maxSize;
	}

	@Override
	public boolean isShared() {
		return this.deflation.isShared();
	}

	@Override
	public boolean isPrepared() {
		return this.deflation.isShared();
	}

	@Override
	public void prepare(Message message) {
		if (deflates(message)) {
			this.deflation.prepare(message);
		}
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		if (deflates(message)) {
			this.deflation.append(burst, message);
		}
		else {
			WebSocketFraming.INSTANCE.append(burst, message);
		}
	}

	@Override
	public void appendPong(ByteBuf burst, byte[] payload) {
		WebSocketFraming.INSTANCE.appendPong(burst, payload);
	}

	@Override
	public void appendPing(ByteBuf burst) {
		WebSocketFraming.INSTANCE.appendPing(burst);
	}

	@Override
	public void appendClose(ByteBuf burst, int code, String text) {
		WebSocketFraming.INSTANCE.appendClose(burst, code, text);
	}

	@Override
	public void dispose() {
		this.deflation.end();
	}

	private boolean deflates(Message message) {
		return message.size() >= this.minSize && message.size() <= this.maxSize && message.mayBeCompressed();
	}

}
