package io.iodine.connection.frame;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Messages, of which an event stream must say nothing but what they say. */
public final class EventStreamFuzz {

	private EventStreamFuzz() {
	}

	/**
	 * Writes messages in both forms, and reads them as a browser does.
	 * @param data for each message its fields, up to a NUL each
	 */
	public static void fuzzerTestOneInput(byte[] data) {
		List<Message> messages = messages(new String(data, StandardCharsets.UTF_8));
		byte[] bare = frame(SseFraming.BARE, messages);
		byte[] chunk = frame(SseFraming.CHUNKED, messages);
		byte[] expectedChunk = chunk(bare);
		if (!Arrays.equals(chunk, expectedChunk)) {
			throw new AssertionError("the chunk is not of the bare bytes");
		}
		List<EventStreamReader.Event> expected = new ArrayList<>();
		String lastId = "";
		for (Message message : messages) {
			lastId = message.id().orElse(lastId);
			expected
				.add(new EventStreamReader.Event(message.event().filter((event) -> !event.isEmpty()).orElse("message"),
						String.join("\n", message.asText().split("\r\n|\r|\n", -1)), lastId));
		}
		List<EventStreamReader.Event> read = EventStreamReader.read(new String(bare, StandardCharsets.UTF_8));
		if (!read.equals(expected)) {
			throw new AssertionError("A browser reads " + read + " instead of " + expected);
		}
	}

	private static List<Message> messages(String text) {
		List<Message> messages = new ArrayList<>();
		String[] fields = text.split("\0", -1);
		for (int i = 0; i < fields.length; i += 3) {
			Message message = Message.text(fields[i]);
			try {
				if (i + 1 < fields.length) {
					message = message.id(fields[i + 1]).retry(Duration.ofMillis(fields[i + 1].length()));
				}
				if (i + 2 < fields.length) {
					message = message.event(fields[i + 2]);
				}
			}
			catch (IllegalArgumentException ex) {
				if ((fields[i + 1] + fields[Math.min(i + 2, fields.length - 1)]).matches("[^\\r\\n]*")) {
					throw ex;
				}
			}
			messages.add(message);
		}
		return messages;
	}

	private static byte[] frame(Framing framing, List<Message> messages) {
		ByteBuf burst = framing.begin(ByteBufAllocator.DEFAULT, 16);
		try {
			messages.forEach((message) -> framing.append(burst, message));
			framing.end(burst);
			byte[] bytes = new byte[burst.readableBytes()];
			burst.readBytes(bytes);
			return bytes;
		}
		finally {
			burst.release();
		}
	}

	private static byte[] chunk(byte[] content) {
		byte[] head = (Integer.toHexString(content.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
		byte[] chunk = Arrays.copyOf(head, head.length + content.length + 2);
		System.arraycopy(content, 0, chunk, head.length, content.length);
		chunk[chunk.length - 2] = '\r';
		chunk[chunk.length - 1] = '\n';
		return chunk;
	}

}
