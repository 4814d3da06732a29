package io.iodine.file;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9110, section 12.5.3, for a file with a large gzip, a middle zstd and a small
 * brotli.
 */
class AcceptEncodingTests {

	private final Variants variants = new Variants(RequestPath.ofTarget("/file"), file(100),
			Map.of(ContentCoding.BROTLI, file(10), ContentCoding.ZSTANDARD, file(20), ContentCoding.GZIP, file(30)));

	private final Lookup.Found file = new RepresentationFactory(Settings.of(null)).ofNamed("/file", this.variants);

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-",
			value = { "- | identity", "'' | identity", "gzip | gzip", "GZIP | gzip", "x-gzip | gzip", "br | br",
					"zstd | zstd", "deflate | identity", "gzip, deflate, br, zstd | br", "gzip, zstd | zstd",
					"gzip;q=1.0, br;q=0.5 | gzip", "gzip;q=0.8, br;q=0.9, zstd;q=0.1 | br", "gzip;q=0 | identity",
					"gzip;q=0.000 | identity", "gzip;q=0.001 | gzip", "* | br", "*;q=0.5, gzip | gzip",
					"br;q=0, * | zstd", "identity, gzip;q=0.5 | identity", "identity;q=0.5, gzip;q=0.5 | gzip",
					"identity;q=0, gzip;q=0.1 | gzip", "identity;q=0 | identity", "*;q=0 | identity",
					"gzip;q=2 | identity", "gzip;q=x | identity", "gzip; q=0.5 | gzip", "gzip ;q=0.5 | gzip",
					"gzip;Q=0 | identity", ",, gzip ,, | gzip", "gzipped | identity" })
	void theLikedBestIsChosenAndOfEqualsTheSmallest(@Nullable String header, String expected) {
		HttpHeaders request = new DefaultHttpHeaders();
		if (header != null) {
			request.add("Accept-Encoding", header.replace("'", ""));
		}

		ContentCoding coding = Objects.requireNonNull(this.file.preferredBy(request), "it takes one").coding();

		assertThat((coding != null) ? coding.token() : "identity").isEqualTo(expected);
	}

	private static FileResource file(long size) {
		FileTime time = FileTime.fromMillis(0);
		return new FileResource(null, Path.of("file"), size, time, time, null);
	}

}
