package io.iodine.handler;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of what the browser client costs a page. */
class BrowserClientSizeTests {

	private static final int MAX = 4096;

	@Test
	void theModuleIsUnderFourKilobytesCompressed() throws IOException {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (InputStream module = Objects
			.requireNonNull(getClass().getResourceAsStream("/io/iodine/browser/iodine.js"));
				GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			module.transferTo(gzip);
		}

		assertThat(compressed.size()).isLessThan(MAX);
	}

}
