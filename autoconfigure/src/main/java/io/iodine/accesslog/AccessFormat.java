package io.iodine.accesslog;

import java.time.Duration;
import java.util.Locale;

import io.iodine.accesslog.AccessEntry.End;
import org.jspecify.annotations.Nullable;

/** Formats an entry as a line. */
public enum AccessFormat {

	/** The Common Log Format; a connection's end adds its duration and reason. */
	COMMON {

		@Override
		void append(StringBuilder line, AccessEntry entry, Timestamps times) {
			line.append(entry.address()).append(" - ");
			appendUser(line, entry.user());
			line.append(" [").append(times.common(entry.epochMillis())).append("] ");
			appendRequest(line, entry);
			line.append(' ').append(entry.status()).append(' ');
			if (entry.bytes() > 0) {
				line.append(entry.bytes());
			}
			else {
				line.append('-');
			}
			appendEnd(line, entry);
		}

	},

	/** The same with referrer and user agent. */
	COMBINED {

		@Override
		void append(StringBuilder line, AccessEntry entry, Timestamps times) {
			COMMON.append(line, entry, times);
			line.append(' ');
			Escapes.appendQuoted(line, (entry.referrer() != null) ? entry.referrer() : "-");
			line.append(' ');
			Escapes.appendQuoted(line, (entry.userAgent() != null) ? entry.userAgent() : "-");
		}

	},

	/** One JSON object. */
	JSON {

		@Override
		void append(StringBuilder line, AccessEntry entry, Timestamps times) {
			line.append("{\"time\":\"").append(times.iso(entry.epochMillis())).append('"');
			appendText(line, "address", entry.address());
			appendText(line, "user", entry.user());
			appendText(line, "method", entry.method());
			appendText(line, "target", entry.target());
			appendText(line, "protocol", entry.protocol());
			line.append(",\"status\":").append(entry.status());
			line.append(",\"bytes\":").append(entry.bytes());
			line.append(",\"elapsedMs\":").append(millis(entry.elapsed()));
			appendText(line, "referrer", entry.referrer());
			appendText(line, "userAgent", entry.userAgent());
			End end = entry.end();
			if (end != null) {
				appendText(line, "connection", end.id());
				appendText(line, "cause", end.cause());
				appendText(line, "reason", end.reason());
				line.append(",\"messagesIn\":").append(end.messagesIn());
				line.append(",\"bytesIn\":").append(end.bytesIn());
				line.append(",\"messagesOut\":").append(end.messagesOut());
			}
			appendText(line, "requestId", entry.requestId());
			line.append('}');
		}

		@Override
		void appendRequestId(StringBuilder line, AccessEntry entry) {
			// is in the object
		}

	},

	/** The original's: a date as in HTTP, and the milliseconds at the end. */
	IODINE {

		@Override
		void append(StringBuilder line, AccessEntry entry, Timestamps times) {
			line.append(entry.address()).append(" - ");
			appendUser(line, entry.user());
			line.append(" [").append(times.http(entry.epochMillis())).append("] ");
			appendRequest(line, entry);
			line.append(' ').append(entry.status());
			if (entry.bytes() > 0) {
				line.append(' ').append(entry.bytes()).append("b ");
			}
			else {
				line.append(" -- ");
			}
			line.append(entry.elapsed().toMillis()).append("ms");
			End end = entry.end();
			if (end != null) {
				appendReason(line, end);
			}
		}

	};

	/**
	 * Writes the line, without its end.
	 * @param line where to
	 * @param entry what it tells
	 * @param times writes times
	 */
	abstract void append(StringBuilder line, AccessEntry entry, Timestamps times);

	/**
	 * Adds the id of the request to a line, if it has one.
	 * @param line the line
	 * @param entry what it tells
	 */
	void appendRequestId(StringBuilder line, AccessEntry entry) {
		if (entry.requestId() != null) {
			line.append(' ');
			Escapes.append(line, entry.requestId());
		}
	}

	private static void appendUser(StringBuilder line, @Nullable String user) {
		if (user != null) {
			// a blank in a name would shift the fields behind it
			Escapes.append(line, user.replace(' ', '_'));
		}
		else {
			line.append('-');
		}
	}

	private static void appendRequest(StringBuilder line, AccessEntry entry) {
		line.append('"');
		Escapes.append(line, entry.method());
		line.append(' ');
		Escapes.append(line, entry.target());
		line.append(' ');
		Escapes.append(line, entry.protocol());
		line.append('"');
	}

	private static void appendEnd(StringBuilder line, AccessEntry entry) {
		End end = entry.end();
		if (end != null) {
			line.append(' ').append(entry.elapsed().toMillis()).append("ms");
			appendReason(line, end);
		}
	}

	private static void appendReason(StringBuilder line, End end) {
		line.append(' ').append(end.cause()).append(' ');
		Escapes.appendQuoted(line, end.reason());
	}

	private static void appendText(StringBuilder line, String name, @Nullable String value) {
		if (value != null) {
			line.append(",\"").append(name).append("\":\"");
			Escapes.appendJson(line, value);
			line.append('"');
		}
	}

	private static String millis(Duration elapsed) {
		return String.format(Locale.ROOT, "%.3f", elapsed.toNanos() / 1e6);
	}

}
