package io.iodine.accesslog;

import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the times in lines. */
class TimestampsTests {

	private final Timestamps timestamps = new Timestamps(ZoneOffset.ofHours(2));

	@Test
	void aTimeOfIsoHasMilliseconds() {
		assertThat(this.timestamps.iso(86_399_567)).isEqualTo("1970-01-01T23:59:59.567Z");
		assertThat(this.timestamps.iso(86_399_089)).isEqualTo("1970-01-01T23:59:59.089Z");
		assertThat(this.timestamps.iso(-1)).isEqualTo("1969-12-31T23:59:59.999Z");
	}

	@Test
	void aTimeOfTheCommonFormatIsInItsZone() {
		assertThat(this.timestamps.common(86_399_567)).isEqualTo("02/Jan/1970:01:59:59 +0200");
		assertThat(this.timestamps.common(86_400_000)).isEqualTo("02/Jan/1970:02:00:00 +0200");
	}

}
