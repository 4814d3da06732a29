package io.iodine.connection.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 piece by piece (RFC 3629; the table of well-formed sequences is Unicode's
 * table 3-7). Owned by one thread.
 */
public final class Utf8Validator {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

	private int missing;

	private int lowest = 0x80;

	private int highest = 0xBF;

	public static boolean isValid(byte[] bytes) {
		Utf8Validator validator = new Utf8Validator();
		return validator.accepts(bytes, 0, bytes.length) && validator.isComplete();
	}

	/** Begins another text. */
	void reset() {
		this.missing = 0;
		this.lowest = 0x80;
		this.highest = 0xBF;
	}

	/**
	 * Takes the next piece.
	 * @param bytes the array
	 * @param offset where the piece begins
	 * @param length how long it is
	 * @return false when no continuation can make it valid
	 */
	boolean accepts(byte[] bytes, int offset, int length) {
		int end = offset + length;
		int i = offset;
		while (i < end) {
			if (this.missing == 0) {
				i = skipAscii(bytes, i, end);
				if (i == end) {
					return true;
				}
			}
			if (!acceptsByte(bytes[i++] & 0xFF)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether the text may end here.
	 * @return false within a character
	 */
	boolean isComplete() {
		return this.missing == 0;
	}

	private static int skipAscii(byte[] bytes, int from, int end) {
		int i = from;
		while (i <= end - 4 * Long.BYTES && (fourLongs(bytes, i) & HIGH_BITS) == 0) {
			i += 4 * Long.BYTES;
		}
		while (i <= end - Long.BYTES && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
			i += Long.BYTES;
		}
		while (i < end && bytes[i] >= 0) {
			i++;
		}
		return i;
	}

	private static long fourLongs(byte[] bytes, int at) {
		return (long) LONGS.get(bytes, at) | (long) LONGS.get(bytes, at + Long.BYTES)
				| (long) LONGS.get(bytes, at + 2 * Long.BYTES) | (long) LONGS.get(bytes, at + 3 * Long.BYTES);
	}

	private boolean acceptsByte(int b) {
		if (this.missing == 0) {
			return begins(b);
		}
		if (b < this.lowest || b > this.highest) {
			return false;
		}
		this.missing--;
		this.lowest = 0x80;
		this.highest = 0xBF;
		return true;
	}

	private boolean begins(int b) {
		if (b >= 0xC2 && b <= 0xDF) {
			this.missing = 1;
		}
		else if (b >= 0xE0 && b <= 0xEF) {
			this.missing = 2;
			this.lowest = (b == 0xE0) ? 0xA0 : 0x80;
			this.highest = (b == 0xED) ? 0x9F : 0xBF;
		}
		else if (b >= 0xF0 && b <= 0xF4) {
			this.missing = 3;
			this.lowest = (b == 0xF0) ? 0x90 : 0x80;
			this.highest = (b == 0xF4) ? 0x8F : 0xBF;
		}
		else {
			return b < 0x80;
		}
		return true;
	}

}
