package io.iodine.connection.frame;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;

import org.junit.jupiter.api.Test;

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

	private static byte[] deflated(byte[] content) {
		Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		deflater.setInput(content);
		byte[] out = new byte[content.length + content.length / 100 + 100];
		int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(out, length - 4);
	}

}
