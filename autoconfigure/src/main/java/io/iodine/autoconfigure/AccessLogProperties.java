package io.iodine.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A line for each request, upgrade and end of a connection.
 *
 * @param enabled Whether to log requests.
 * @param format Format of a line.
 * @param target Where lines are written.
 * @param file Path of the file to which lines are appended, for target file.
 * @param maxPending Maximum number of lines that wait for a slow disk or terminal. Over
 * it, new lines are dropped and counted.
 * @param maskedParameters Comma-separated list of the query parameters whose values are
 * masked.
 * @param maxValueLength Maximum number of characters of a value that a client sends, such
 * as the request target or the user agent. A longer one is cut.
 */
record AccessLogProperties(@DefaultValue("false") boolean enabled, @DefaultValue("iodine") Format format,
		@DefaultValue("stdout") Target target, @DefaultValue("access.log") Path file,
		@DefaultValue("8192") int maxPending, @DefaultValue( {
				"access_token", "id_token", "refresh_token", "token", "api_key", "apikey", "password",
				"secret" }) List<String> maskedParameters,
		@DefaultValue("1024") int maxValueLength){

	AccessLogProperties {
		PropertyCheck.positive("iodine.access-log.max-pending", maxPending);
		InvalidIodinePropertyException.unless(maxValueLength >= 16 && maxValueLength <= 65_536,
				"iodine.access-log.max-value-length", maxValueLength, "a number from 16 to 65536");
		maskedParameters = List.copyOf(maskedParameters);
	}

	/** How a line looks. */
	public enum Format {

		/** The Common Log Format of the web servers. */
		COMMON,

		/** The same with referrer and user agent. */
		COMBINED,

		/** One JSON object a line. */
		JSON,

		/** Address, time, request, status, size and duration. */
		IODINE

	}

	/** Where lines go. */
	public enum Target {

		/** Standard output. */
		STDOUT,

		/** Standard error. */
		STDERR,

		/** A file. */
		FILE,

		/** The logger iodine.access, at level INFO. */
		LOGGER

	}

}
