package io.iodine.autoconfigure;

import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Rejects patterns, headers and media types of files that would fail each response. */
final class StaticValueCheck {

	private StaticValueCheck() {
	}

	static void check(StaticProperties files) {
		files.singlePage().forEach((pattern) -> checkPattern("iodine.static.single-page", pattern));
		files.cacheControl().forEach((pattern, value) -> {
			checkPattern("iodine.static.cache-control", pattern);
			checkHeaderValue("iodine.static.cache-control[" + pattern + "]", value, "max-age=60");
		});
		files.headers().forEach((name, value) -> {
			InvalidIodinePropertyException.unless(name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"), "iodine.static.headers",
					name, "names of HTTP headers, such as X-Frame-Options");
			checkHeaderValue("iodine.static.headers[" + name + "]", value, "nosniff");
		});
		files.mediaTypes().forEach(StaticValueCheck::checkMediaType);
	}

	private static void checkPattern(String property, String pattern) {
		try {
			PathPatternParser.defaultInstance.parse(pattern);
		}
		catch (PatternParseException ex) {
			throw caused(new InvalidIodinePropertyException(property, pattern,
					"path patterns, such as /app/** or [/index.html] (" + ex.getMessage() + ")"), ex);
		}
		InvalidIodinePropertyException.unless(pattern.startsWith("/"), property, pattern,
				"path patterns that begin with a slash, in brackets where they are keys, such as [/index.html]");
	}

	/** RFC 9110, section 5.5. */
	private static void checkHeaderValue(String property, String value, String example) {
		InvalidIodinePropertyException.unless(value.chars().allMatch((c) -> c == '\t' || (c >= ' ' && c < 0x7f)),
				property, value.replaceAll("\\p{Cntrl}", "?"),
				"a header value of printable ASCII characters, such as " + example);
	}

	private static void checkMediaType(String extension, String type) {
		String property = "iodine.static.media-types." + extension;
		try {
			boolean isConcrete = !type.isBlank() && MimeTypeUtils.parseMimeType(type).isConcrete();
			InvalidIodinePropertyException.unless(isConcrete, property, type, "a media type, such as text/plain");
		}
		catch (InvalidMimeTypeException ex) {
			throw caused(new InvalidIodinePropertyException(property, type, "a media type, such as text/plain"), ex);
		}
		checkHeaderValue(property, type, "text/plain");
	}

	private static InvalidIodinePropertyException caused(InvalidIodinePropertyException invalid, Exception cause) {
		invalid.initCause(cause);
		return invalid;
	}

}
