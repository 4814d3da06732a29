package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message on the channel that relays its whole partition to subscribers of patterns,
 * for Redis knows no patterns on shards: the length of the channel's name in a first
 * line, the name, the payload.
 */
final class RelayMessage {

	private final String channel;

	private final byte[] payload;

	private RelayMessage(String channel, byte[] payload) {
		this.channel = channel;
		this.payload = payload;
	}

	/** The channel, as the application calls it. */
	String channel() {
		return this.channel;
	}

	byte[] payload() {
		return this.payload;
	}

	/** What stands before the payload. */
	static byte[] head(String channel) {
		byte[] name = channel.getBytes(StandardCharsets.UTF_8);
		byte[] length = (name.length + "\n").getBytes(StandardCharsets.US_ASCII);
		return joined(length, name);
	}

	static byte[] joined(byte[] head, byte[] tail) {
		byte[] whole = Arrays.copyOf(head, head.length + tail.length);
		System.arraycopy(tail, 0, whole, head.length, tail.length);
		return whole;
	}

	/**
	 * Reads what was relayed.
	 * @throws IllegalArgumentException when another than we published it
	 */
	static RelayMessage parse(byte[] relayed) {
		int line = 0;
		int length = 0;
		while (line < relayed.length && line < 9 && relayed[line] >= '0' && relayed[line] <= '9') {
			length = 10 * length + relayed[line++] - '0';
		}
		int name = line + 1;
		if (line == 0 || name + length > relayed.length || relayed[line] != '\n') {
			throw new IllegalArgumentException("a relayed message begins with the length of its channel's name");
		}
		return new RelayMessage(new String(relayed, name, length, StandardCharsets.UTF_8),
				Arrays.copyOfRange(relayed, name + length, relayed.length));
	}

}
