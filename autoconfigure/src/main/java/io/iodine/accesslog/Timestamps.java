package io.iodine.accesslog;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times, each second once. Belongs to one thread. */
final class Timestamps {

	private final Cached common;

	private final Cached http = new Cached("EEE, dd MMM yyyy HH:mm:ss 'GMT'", ZoneOffset.UTC);

	private final Cached iso = new Cached("yyyy-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);

	Timestamps(ZoneId zone) {
		this.common = new Cached("dd/MMM/yyyy:HH:mm:ss Z", zone);
	}

	String common(long epochMillis) {
		return this.common.at(epochMillis);
	}

	String http(long epochMillis) {
		return this.http.at(epochMillis);
	}

	String iso(long epochMillis) {
		long millis = Math.floorMod(epochMillis, 1000L);
		return this.iso.at(epochMillis) + '.' + (char) ('0' + millis / 100) + (char) ('0' + millis / 10 % 10)
				+ (char) ('0' + millis % 10) + 'Z';
	}

	private static final class Cached {

		private final DateTimeFormatter format;

		private long second = Long.MIN_VALUE;

		private String text = "";

		private Cached(String pattern, ZoneId zone) {
			this.format = DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(zone);
		}

		private String at(long epochMillis) {
			long wanted = Math.floorDiv(epochMillis, 1000L);
			if (this.second != wanted) {
				this.second = wanted;
				this.text = this.format.format(Instant.ofEpochSecond(wanted));
			}
			return this.text;
		}

	}

}
