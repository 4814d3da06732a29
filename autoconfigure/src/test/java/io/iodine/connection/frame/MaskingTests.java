package io.iodine.connection.frame;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Masking}.
 */
class MaskingTests {

	@Test
	void anyPieceOfAFrameIsMaskedAsTheStandardSays() {
		Random random = new Random(6455);
		for (int round = 0; round < 2000; round++) {
			byte[] bytes = new byte[random.nextInt(64)];
			random.nextBytes(bytes);
			int offset = random.nextInt(bytes.length + 1);
			int length = random.nextInt(bytes.length - offset + 1);
			int mask = random.nextInt();
			int phase = random.nextInt(1000);
			byte[] expected = octetByOctet(bytes, offset, length, mask, phase);

			Masking.apply(bytes, offset, length, mask, phase);

			assertThat(bytes).isEqualTo(expected);
		}
	}

	/** RFC 6455, section 5.3, to the letter. */
	private static byte[] octetByOctet(byte[] bytes, int offset, int length, int mask, int phase) {
		byte[] masked = bytes.clone();
		for (int i = 0; i < length; i++) {
			int octet = mask >>> (24 - 8 * ((phase + i) % 4));
			masked[offset + i] ^= (byte) octet;
		}
		return masked;
	}

}
