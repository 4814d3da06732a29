package io.iodine.pubsub.redis;

/** Distinguishes text from bytes, because Redis does not. */
final class Utf8 {

	private Utf8() {
	}

	/** Whether bytes are well-formed UTF-8 (RFC 3629, section 4). */
	static boolean isValid(byte[] bytes) {
		int i = 0;
		while (i < bytes.length) {
			int length = sequenceLength(bytes, i);
			if (length == 0) {
				return false;
			}
			i += length;
		}
		return true;
	}

	private static int sequenceLength(byte[] bytes, int i) {
		int first = bytes[i] & 0xFF;
		if (first < 0x80) {
			return 1;
		}
		if (first >= 0xC2 && first <= 0xDF) {
			return continues(bytes, i + 1, 0x80, 0xBF) ? 2 : 0;
		}
		if (first >= 0xE0 && first <= 0xEF) {
			int lowest = (first == 0xE0) ? 0xA0 : 0x80;
			int highest = (first == 0xED) ? 0x9F : 0xBF;
			return (continues(bytes, i + 1, lowest, highest) && continues(bytes, i + 2, 0x80, 0xBF)) ? 3 : 0;
		}
		if (first >= 0xF0 && first <= 0xF4) {
			int lowest = (first == 0xF0) ? 0x90 : 0x80;
			int highest = (first == 0xF4) ? 0x8F : 0xBF;
			return (continues(bytes, i + 1, lowest, highest) && continues(bytes, i + 2, 0x80, 0xBF)
					&& continues(bytes, i + 3, 0x80, 0xBF)) ? 4 : 0;
		}
		return 0;
	}

	private static boolean continues(byte[] bytes, int i, int lowest, int highest) {
		return i < bytes.length && (bytes[i] & 0xFF) >= lowest && (bytes[i] & 0xFF) <= highest;
	}

}
