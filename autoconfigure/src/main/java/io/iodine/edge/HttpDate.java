package io.iodine.edge;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of the Date header (RFC 9110 section 5.6.7), made once a second. */
final class HttpDate {

	// DateTimeFormatter.RFC_1123_DATE_TIME writes days of one digit
	private static final DateTimeFormatter FORMAT = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	private static volatile Second latest = Second.of(0);

	private HttpDate() {
	}

	static CharSequence now() {
		return at(System.currentTimeMillis());
	}

	static String at(long epochMillis) {
		long second = Math.floorDiv(epochMillis, 1000L);
		Second known = latest;
		if (known.second != second) {
			known = Second.of(second);
			latest = known;
		}
		return known.text;
	}

	private record Second(long second, String text) {

		private static Second of(long second) {
			return new Second(second, FORMAT.format(Instant.ofEpochSecond(second)));
		}

	}

}
