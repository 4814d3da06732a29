package io.iodine.edge;

import java.util.Date;

import io.netty.handler.codec.DateFormatter;

/** The value of the Date header (RFC 9110 section 5.6.7), made once a second. */
final class DateHeader {

	private static volatile Second latest = Second.of(0);

	private DateHeader() {
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

		@SuppressWarnings("JavaUtilDate") // what DateFormatter takes
		private static Second of(long second) {
			return new Second(second, DateFormatter.format(new Date(second * 1000L)));
		}

	}

}
