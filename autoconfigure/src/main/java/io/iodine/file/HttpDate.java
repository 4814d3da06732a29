package io.iodine.file;

import java.util.Date;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A second as HTTP writes it (RFC 9110, section 5.6.7).
 *
 * @param second since the epoch
 * @param text in the preferred format
 */
record HttpDate(long second, AsciiString text) {

	private static volatile HttpDate latest = of(0);

	@SuppressWarnings("JavaUtilDate") // what DateFormatter takes
	static HttpDate of(long second) {
		return new HttpDate(second, AsciiString.cached(DateFormatter.format(new Date(second * 1000L))));
	}

	/** The current second: the same object while it lasts. */
	static HttpDate now() {
		long second = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
		HttpDate date = latest;
		if (date.second != second) {
			date = of(second);
			latest = date;
		}
		return date;
	}

	/** Reads any of the three formats; empty: there is none, or it is no date. */
	static OptionalLong parse(@Nullable String value) {
		if (value == null) {
			return OptionalLong.empty();
		}
		Date date = DateFormatter.parseHttpDate(value);
		return (date != null) ? OptionalLong.of(date.toInstant().getEpochSecond()) : OptionalLong.empty();
	}

}
