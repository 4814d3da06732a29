package io.iodine.socket;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The id of an event as a header: in UTF-8 (HTML standard, section 9.2.4). A server may
 * send ids that no header can hold, with which every further request would fail.
 */
final class LastEventId {

	/** A header may have 8 KB on most servers, which all headers share on some. */
	private static final int MAX_BYTES = 4096;

	private LastEventId() {
	}

	/**
	 * Makes a header of an id.
	 * @param id the id
	 * @return its value, a character for each byte; null when the id is empty, has a
	 * control character or is longer than 4,096 bytes
	 */
	static @Nullable String header(String id) {
		if (id.length() > MAX_BYTES) {
			return null;
		}
		byte[] utf8 = id.strip().getBytes(StandardCharsets.UTF_8);
		if (utf8.length == 0 || utf8.length > MAX_BYTES) {
			return null;
		}
		for (byte octet : utf8) {
			if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f) {
				return null;
			}
		}
		return new String(utf8, StandardCharsets.ISO_8859_1);
	}

}
