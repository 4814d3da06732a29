package io.iodine.handler;

import java.nio.charset.StandardCharsets;

/** The text of a close frame, which has room for 123 bytes (RFC 6455, section 5.5). */
final class CloseText {

	private static final int MAX_BYTES = 123;

	private CloseText() {
	}

	/**
	 * Cuts a text at the end of a character.
	 * @param text the text
	 * @return as much of it as fits
	 */
	static String of(String text) {
		String fits = text.substring(0, Math.min(text.length(), MAX_BYTES));
		while (fits.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
				|| (!fits.isEmpty() && Character.isHighSurrogate(fits.charAt(fits.length() - 1)))) {
			fits = fits.substring(0, fits.length() - 1);
		}
		return fits;
	}

}
