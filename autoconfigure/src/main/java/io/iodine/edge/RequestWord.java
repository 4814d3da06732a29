package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The beginning of the method, target, version or header name that a scanner reads: no
 * more octets than it takes to know it, whatever pieces it comes in.
 */
final class RequestWord {

	/** Octets of the longest word that is kept. */
	static final int MAX = 32;

	private final byte[] octets = new byte[MAX];

	private int length;

	void clear() {
		this.length = 0;
	}

	/** Adds an octet, unless the word is full. */
	void add(byte octet) {
		if (this.length < MAX) {
			this.octets[this.length++] = octet;
		}
	}

	int length() {
		return this.length;
	}

	boolean isFull() {
		return this.length == MAX;
	}

	byte[] octets() {
		return this.octets;
	}

	boolean is(String expected) {
		if (expected.length() != this.length) {
			return false;
		}
		for (int i = 0; i < this.length; i++) {
			if (this.octets[i] != expected.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether the word begins a request target in origin form or absolute form.
	 * @param asterisk whether the asterisk form is allowed
	 * @return false when it is none of these
	 */
	boolean isTarget(boolean asterisk) {
		if (this.length == 0) {
			return false;
		}
		if (this.octets[0] == '/') {
			return true;
		}
		String begin = new String(this.octets, 0, this.length, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
		return (asterisk && begin.equals("*")) || isAbsolute(begin, "http://") || isAbsolute(begin, "https://");
	}

	private static boolean isAbsolute(String begin, String scheme) {
		return begin.startsWith(scheme) && begin.length() > scheme.length() && begin.charAt(scheme.length()) != '/';
	}

	/** Whether it looks like an HTTP version, of which one may be unsupported. */
	boolean isVersion() {
		return new String(this.octets, 0, this.length, StandardCharsets.ISO_8859_1).matches("HTTP/\\d\\.\\d");
	}

	boolean endsWith(char last) {
		return this.length > 0 && this.octets[this.length - 1] == last;
	}

}
