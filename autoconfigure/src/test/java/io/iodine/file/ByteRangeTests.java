package io.iodine.file;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9110, section 14. */
class ByteRangeTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "bytes=0-0 | 10 | [0-0]", "bytes=0-9 | 10 | [0-9]", "bytes=2-5 | 10 | [2-5]",
			"bytes=2- | 10 | [2-9]", "bytes=0-99 | 10 | [0-9]", "bytes=-3 | 10 | [7-9]", "bytes=-99 | 10 | [0-9]",
			"BYTES=1-2 | 10 | [1-2]", "bytes= 1-2 , 4-5 | 10 | [1-2, 4-5]", "bytes=1-2,,4-5 | 10 | [1-2, 4-5]",
			"bytes=4-5,1-2 | 10 | [4-5, 1-2]", "bytes=0-1,50-60 | 10 | [0-1]",
			"bytes=0-99999999999999999999999 | 10 | [0-9]", "bytes=9223372036854775807- | 10 | []",
			"bytes=10- | 10 | []", "bytes=-0 | 10 | []", "bytes=0- | 0 | []", "bytes=-5 | 0 | []",
			"bytes=20-30,40-50 | 10 | []", "bytes=0-4,5-9 | 10 | [0-4, 5-9]",
			"bytes=100000000000000000- | 100000000000000001 | [100000000000000000-100000000000000000]",
			"bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,0-0,1-1,2-2,3-3,4-4,5-5 | 100 | "
					+ "[0-0, 1-1, 2-2, 3-3, 4-4, 5-5, 6-6, 7-7, 8-8, 9-9, 0-0, 1-1, 2-2, 3-3, 4-4, 5-5]",
			"bytes=5-2 | 10 | ignored", "bytes=a-b | 10 | ignored", "bytes=- | 10 | ignored", "bytes= | 10 | ignored",
			"bytes=1 | 10 | ignored", "bytes=1-2-3 | 10 | ignored", "bytes=--1 | 10 | ignored",
			"items=0-1 | 10 | ignored", "bytes 0-1 | 10 | ignored", "bytes=1-2,x | 10 | ignored",
			"bytes=0-,0- | 10 | ignored", "bytes=0-8,1-9 | 10 | ignored",
			"bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,0-0,1-1,2-2,3-3,4-4,5-5,6-6 | 100 | ignored" })
	void aHeaderIsReadClampedOrIgnored(String header, long length, String expected) {
		String ranges = ByteRange.parse(header, length)
			.map((list) -> list.stream().map((range) -> range.first() + "-" + range.last()).toList().toString())
			.orElse("ignored");

		assertThat(ranges).isEqualTo(expected);
	}

	@Test
	void aRangeCountsItsLastByte() {
		ByteRange range = new ByteRange(2, 5);

		assertThat(range.length()).isEqualTo(4);
		assertThat(range.contentRange(10)).isEqualTo("bytes 2-5/10");
		assertThat(ByteRange.unsatisfied(10)).isEqualTo("bytes */10");
	}

}
