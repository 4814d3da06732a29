package io.iodine.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * RFC 6455, section 5, written down a second time: slow, and with all octets at hand.
 */
final class WebSocketModel {

	private final List<String> heard = new ArrayList<>();

	private final ByteBuffer octets;

	private final int maxMessage;

	private final ByteArrayOutputStream content = new ByteArrayOutputStream();

	private int message = -1;

	private WebSocketModel(byte[] octets, int maxMessage) {
		this.octets = ByteBuffer.wrap(octets);
		this.maxMessage = maxMessage;
	}

	/** What a handler hears: messages, and the code with which the connection closes. */
	static List<String> read(byte[] octets, int maxMessage) {
		WebSocketModel model = new WebSocketModel(octets, maxMessage);
		int end = -1;
		while (end < 0 && model.octets.remaining() >= 2) {
			end = model.frame();
		}
		if (end > 0) {
			model.heard.add("close " + end);
		}
		return model.heard;
	}

	/** Reads a frame; answers -1 to go on, 0 when more must come, or the close code. */
	private int frame() {
		int first = this.octets.get() & 0xFF;
		int second = this.octets.get() & 0xFF;
		int opcode = first & 0x0F;
		boolean last = (first & 0x80) != 0;
		int extended = switch (second & 0x7F) {
			case 126 -> 2;
			case 127 -> 8;
			default -> 0;
		};
		if (this.octets.remaining() < extended + ((second >= 0x80) ? 4 : 0)) {
			return 0;
		}
		if ((first & 0x70) != 0 || second < 0x80) {
			return 1002;
		}
		long size = switch (extended) {
			case 2 -> this.octets.getShort() & 0xFFFF;
			case 8 -> this.octets.getLong();
			default -> second & 0x7F;
		};
		boolean shortest = (extended == 0) || (extended == 2 && size > 125) || (extended == 8 && size > 0xFFFF);
		if (!shortest || (opcode > 2 && opcode < 8) || opcode > 10) {
			return 1002;
		}
		return (opcode >= 8) ? control(opcode, last, size) : data(opcode, last, size);
	}

	private int control(int opcode, boolean last, long size) {
		if (!last || size > 125) {
			return 1002;
		}
		byte[] payload = payload((int) size);
		if (payload.length < size) {
			return 0;
		}
		return (opcode == 8) ? close(payload) : -1;
	}

	private static int close(byte[] payload) {
		if (payload.length == 0) {
			return 1005;
		}
		int code = (payload.length == 1) ? 0 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
		boolean known = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
		if (!known && (code < 3000 || code > 4999)) {
			return 1002;
		}
		return isText(Arrays.copyOfRange(payload, 2, payload.length), true) ? code : 1007;
	}

	private int data(int opcode, boolean last, long size) {
		if ((opcode == 0) == (this.message < 0)) {
			return 1002;
		}
		if (size + this.content.size() > this.maxMessage) {
			return 1009;
		}
		this.message = (opcode == 0) ? this.message : opcode;
		byte[] payload = payload((int) size);
		this.content.writeBytes(payload);
		boolean whole = payload.length == size;
		if (this.message == 1 && !isText(this.content.toByteArray(), whole && last)) {
			return 1007;
		}
		if (!whole) {
			return 0;
		}
		if (last) {
			this.heard.add(
					((this.message == 1) ? "text " : "binary ") + HexFormat.of().formatHex(this.content.toByteArray()));
			this.content.reset();
			this.message = -1;
		}
		return -1;
	}

	private byte[] payload(int size) {
		byte[] mask = new byte[4];
		this.octets.get(mask);
		byte[] payload = new byte[Math.min(size, this.octets.remaining())];
		this.octets.get(payload);
		for (int i = 0; i < payload.length; i++) {
			payload[i] ^= mask[i % 4];
		}
		return payload;
	}

	/** Whether bytes are UTF-8, or become it with the octets that may follow. */
	private static boolean isText(byte[] bytes, boolean whole) {
		if (isWhole(bytes)) {
			return true;
		}
		byte[] longer = bytes;
		for (int missing = 1; missing <= 3 && !whole; missing++) {
			longer = Arrays.copyOf(longer, bytes.length + missing);
			for (byte next : new byte[] { (byte) 0x80, (byte) 0xBF }) {
				Arrays.fill(longer, bytes.length, longer.length, next);
				if (isWhole(longer)) {
					return true;
				}
			}
		}
		return false;
	}

	private static boolean isWhole(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
