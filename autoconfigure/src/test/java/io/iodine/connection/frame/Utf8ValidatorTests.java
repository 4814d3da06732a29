package io.iodine.connection.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Utf8Validator}, with the decoder of the JDK as judge.
 */
class Utf8ValidatorTests {

	/** Where the rules of UTF-8 have their edges. */
	private static final int[] EDGES = { 0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
			0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF };

	@Test
	void everySequenceOfFourEdgesIsJudgedAsTheJdkDoes() {
		for (int one : EDGES) {
			for (int two : EDGES) {
				for (int three : EDGES) {
					for (int four : EDGES) {
						assertThatBothAgree(new byte[] { (byte) one, (byte) two, (byte) three, (byte) four });
					}
				}
			}
		}
	}

	@Test
	void randomBytesAreJudgedAsTheJdkDoes() {
		Random random = new Random(3629);
		for (int round = 0; round < 20_000; round++) {
			byte[] bytes = new byte[random.nextInt(32)];
			for (int i = 0; i < bytes.length; i++) {
				bytes[i] = (byte) (random.nextBoolean() ? 'a' : EDGES[random.nextInt(EDGES.length)]);
			}
			assertThatBothAgree(bytes);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "grüße", "€", "\uD83D\uDE00", "0123456789abcdef€0123456789abcdef" })
	void textMayComeInPieces(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		for (int at = 0; at <= bytes.length; at++) {
			Utf8Validator validator = new Utf8Validator();

			assertThat(validator.accepts(bytes, 0, at)).isTrue();
			assertThat(validator.accepts(bytes, at, bytes.length - at)).isTrue();
			assertThat(validator.isComplete()).isTrue();
		}
	}

	@Test
	void aTextIsIncompleteWithinACharacter() {
		byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
		Utf8Validator validator = new Utf8Validator();

		assertThat(validator.accepts(euro, 0, 2)).isTrue();
		assertThat(validator.isComplete()).isFalse();
	}

	private static void assertThatBothAgree(byte[] bytes) {
		if (Utf8Validator.isValid(bytes) != isValidToTheJdk(bytes)) {
			throw new AssertionError("The JDK disagrees about " + HexFormat.of().formatHex(bytes));
		}
	}

	private static boolean isValidToTheJdk(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
