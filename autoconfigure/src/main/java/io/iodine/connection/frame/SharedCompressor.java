package io.iodine.connection.frame;

import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.Deflater;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Compresses each message by itself, and once: what came of it stays with the message,
 * for every connection that agreed on {@code server_no_context_takeover} (RFC 7692,
 * section 7.1.1.1). Any thread.
 */
final class SharedCompressor implements MessageCompressor {

	/** No message gets longer by more than a few bytes. */
	private static final int SLACK = 64;

	private final ZlibPool<Deflater> deflaters;

	private final Function<Message, Deflated> deflate = this::deflate;

	SharedCompressor(ZlibPool<Deflater> deflaters) {
		this.deflaters = deflaters;
	}

	@Override
	public void append(ByteBuf burst, Message message) {
		byte[] deflated = deflated(message).bytes();
		if (deflated.length == 0) {
			WebSocketFraming.INSTANCE.append(burst, message);
		}
		else {
			WebSocketFraming.appendHead(burst, WebSocketFraming.DEFLATED | WebSocketFraming.opcode(message),
					deflated.length);
			burst.writeBytes(deflated);
		}
	}

	@Override
	public boolean isShared() {
		return true;
	}

	@Override
	public void prepare(Message message) {
		deflated(message);
	}

	/** A copy of the compressed form; empty when that would not be smaller. */
	byte[] copyOf(Message message) {
		return deflated(message).bytes().clone();
	}

	private Deflated deflated(Message message) {
		return message.form(Deflated.class, this.deflate);
	}

	private Deflated deflate(Message message) {
		ByteBuf out = Unpooled.buffer(message.size() / 2 + SLACK);
		Deflater deflater = this.deflaters.take();
		try {
			CompressedContent.append(out, deflater, message);
		}
		finally {
			this.deflaters.give(deflater);
		}
		return (out.readableBytes() < message.size()) ? new Deflated(Arrays.copyOf(out.array(), out.readableBytes()))
				: Deflated.NOT_SMALLER;
	}

	/**
	 * The compressed form of a message.
	 *
	 * @param bytes the content of its frame; none when it would not be smaller
	 */
	@SuppressWarnings("ArrayRecordComponent") // never compared
	private record Deflated(byte[] bytes) {

		private static final Deflated NOT_SMALLER = new Deflated(new byte[0]);

	}

}
