package io.iodine.connection.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The masking of client frames (RFC 6455, section 5.3), eight bytes at a time. */
final class Masking {

	/** In the order of the machine, which lets the compiler use its widest registers. */
	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private Masking() {
	}

	/**
	 * Applies a mask in place.
	 * @param bytes the array
	 * @param offset where the part begins
	 * @param length how long it is
	 * @param mask the masking key, its first byte uppermost
	 * @param phase how many bytes of the frame came before this part
	 */
	static void apply(byte[] bytes, int offset, int length, int mask, int phase) {
		int key = Integer.rotateLeft(mask, 8 * (phase & 3));
		long wide = inOrder(((long) key << 32) | (key & 0xFFFF_FFFFL));
		int end = offset + length;
		int i = offset;
		for (; i <= end - Long.BYTES; i += Long.BYTES) {
			LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
		}
		for (int shift = 24; i < end; i++, shift = (shift - 8) & 31) {
			bytes[i] ^= (byte) (key >>> shift);
		}
	}

	private static long inOrder(long bigEndian) {
		return (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) ? bigEndian : Long.reverseBytes(bigEndian);
	}

}
