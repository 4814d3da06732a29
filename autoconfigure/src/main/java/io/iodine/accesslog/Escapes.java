package io.iodine.accesslog;

/**
 * Escapes control characters, quotes and line ends in values that clients send, so that
 * they can't forge log lines.
 */
final class Escapes {

	private static final char[] HEX = "0123456789abcdef".toCharArray();

	private Escapes() {
	}

	static void append(StringBuilder line, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (isPlain(c)) {
				line.append(c);
			}
			else if (c <= 0xff) {
				line.append("\\x");
				appendHex(line, c, 2);
			}
			else {
				appendUnicode(line, c);
			}
		}
	}

	static void appendQuoted(StringBuilder line, String value) {
		line.append('"');
		append(line, value);
		line.append('"');
	}

	static void appendJson(StringBuilder line, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (isPlain(c)) {
				line.append(c);
			}
			else {
				appendUnicode(line, c);
			}
		}
	}

	/** How many characters of a line a character takes at most. */
	static int length(char c) {
		return isPlain(c) ? 1 : 6;
	}

	private static boolean isPlain(char c) {
		return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
	}

	private static void appendUnicode(StringBuilder line, char c) {
		line.append("\\u");
		appendHex(line, c, 4);
	}

	private static void appendHex(StringBuilder line, char c, int digits) {
		for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
			line.append(HEX[(c >>> shift) & 0xf]);
		}
	}

}
