package io.iodine.pubsub.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * The format of frames: texts stand behind their length, and a message, behind its flags
 * and fields, fills what is left.
 */
final class RelayCodec {

	private static final int TEXT = 1;

	private static final int ID = 2;

	private static final int EVENT = 4;

	private static final int RETRY = 8;

	private static final int UNCOMPRESSED = 16;

	private static final int ROOM = 64;

	private RelayCodec() {
	}

	static ByteBuf frame(RelayOperation operation) {
		return frame(operation, 0);
	}

	static ByteBuf frame(RelayOperation operation, int size) {
		return begin(ByteBufAllocator.DEFAULT.buffer(ROOM + size), operation);
	}

	@SuppressWarnings("EnumOrdinal") // both ends run the same release
	static ByteBuf begin(ByteBuf frame, RelayOperation operation) {
		return frame.writeByte(operation.ordinal());
	}

	/** What stands behind the operation of a message. */
	@SuppressWarnings("EnumOrdinal") // both ends run the same release
	static void writePublication(ByteBuf frame, PublishScope scope, String channel, Message message) {
		writeText(frame.writeByte(scope.ordinal()), channel);
		writeMessage(frame, message);
	}

	static ByteBuf writeText(ByteBuf frame, String text) {
		int start = frame.writerIndex();
		int size = frame.writeInt(0).writeCharSequence(text, StandardCharsets.UTF_8);
		return frame.setInt(start, size);
	}

	static String readText(ByteBuf frame) {
		int length = frame.readInt();
		if (length < 0 || length > frame.readableBytes()) {
			// else as much would be allocated first
			throw new CorruptedFrameException(
					"a text of " + length + " bytes can't stand in the " + frame.readableBytes() + " that are left");
		}
		return frame.readCharSequence(length, StandardCharsets.UTF_8).toString();
	}

	static void writeMessage(ByteBuf frame, Message message) {
		String id = message.id().orElse(null);
		String event = message.event().orElse(null);
		Duration retry = message.retry().orElse(null);
		frame.writeByte((message.isText() ? TEXT : 0) | ((id != null) ? ID : 0) | ((event != null) ? EVENT : 0)
				| ((retry != null) ? RETRY : 0) | (message.mayBeCompressed() ? 0 : UNCOMPRESSED));
		if (id != null) {
			writeText(frame, id);
		}
		if (event != null) {
			writeText(frame, event);
		}
		if (retry != null) {
			frame.writeLong(retry.toMillis());
		}
		frame.writeBytes(message.asByteBuffer());
	}

	static Message readMessage(ByteBuf frame) {
		int flags = frame.readByte();
		String id = ((flags & ID) != 0) ? readText(frame) : null;
		String event = ((flags & EVENT) != 0) ? readText(frame) : null;
		Duration retry = ((flags & RETRY) != 0) ? Duration.ofMillis(frame.readLong()) : null;
		byte[] content = new byte[frame.readableBytes()];
		frame.readBytes(content);
		Message message = ((flags & TEXT) != 0) ? Message.text(content) : Message.binary(content);
		message = (id != null) ? message.id(id) : message;
		message = (event != null) ? message.event(event) : message;
		message = (retry != null) ? message.retry(retry) : message;
		return ((flags & UNCOMPRESSED) != 0) ? message.uncompressed() : message;
	}

	/** A message among others, behind its length. */
	static void writeMessageOfMany(ByteBuf frame, Message message) {
		int start = frame.writerIndex();
		frame.writeInt(0);
		writeMessage(frame, message);
		frame.setInt(start, frame.writerIndex() - start - Integer.BYTES);
	}

	static Message readMessageOfMany(ByteBuf frame) {
		return readMessage(frame.readSlice(frame.readInt()));
	}

}
