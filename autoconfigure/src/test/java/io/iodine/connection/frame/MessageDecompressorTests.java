package io.iodine.connection.frame;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of {@link MessageDecompressor}. */
class MessageDecompressorTests {

	private static final int MAX = 64 * 1024;

	@Test
	void aBombIsNotInflated() {
		MessageDecompressor inflation = new CompressionFactory(CompressionSettings.NONE)
			.inflation(new DeflateParameters(false, false, 15, ""), MAX);
		byte[] bomb = deflated(new byte[64 * 1024 * 1024]);

		boolean allowed = true;
		try {
			allowed = inflation.add(bomb, bomb.length);
		}
		catch (DataFormatException ex) {
			throw new AssertionError(ex);
		}

		assertThat(bomb).hasSizeLessThan(MAX + MAX / 8);
		assertThat(allowed).isFalse();
		assertThat(inflation.content()).hasSizeLessThanOrEqualTo(MAX);
	}

	@ParameterizedTest
	@EnumSource(value = MessageDecompressor.Context.class, names = { "WINDOW", "INFLATER" })
	void messagesMayReferToAnyOfTheLast32KibBefore(MessageDecompressor.Context context) throws DataFormatException {
		ZlibPool<Inflater> pool = new ZlibPool<>(() -> new Inflater(true), Inflater::reset, Inflater::end, 1);
		MessageDecompressor decompressor = new MessageDecompressor(pool, context, MAX);
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		Random random = new Random(7692);
		byte[] words = new byte[40_000];
		random.nextBytes(words);

		for (int i = 0; i < 500; i++) {
			int length = random.nextInt((i % 50 == 0) ? words.length : 3000);
			int from = random.nextInt(words.length - length);
			byte[] message = Arrays.copyOfRange(words, from, from + length);
			byte[] deflated = deflated(deflater, message);

			assertThat(decompressor.add(deflated, deflated.length)).isTrue();
			assertThat(decompressor.addTail()).isTrue();
			assertThat(decompressor.end()).as("message %d", i).isEqualTo(message);
		}
		decompressor.close();
		deflater.end();
	}

	private static byte[] deflated(byte[] content) {
		Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		try {
			return deflated(deflater, content);
		}
		finally {
			deflater.end();
		}
	}

	private static byte[] deflated(Deflater deflater, byte[] content) {
		deflater.setInput(content);
		byte[] out = new byte[content.length + content.length / 100 + 100];
		int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
		return Arrays.copyOf(out, length - 4);
	}

}
