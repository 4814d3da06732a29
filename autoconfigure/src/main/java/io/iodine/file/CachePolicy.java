package io.iodine.file;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The field {@code Cache-Control} of a path (RFC 9111, section 5.2.2): the value of the
 * first matching pattern, else immutable for a name with a fingerprint, else the age.
 */
final class CachePolicy {

	private static final String IMMUTABLE = "public, max-age=31536000, immutable";

	private final Map<PathPattern, String> patterns = new LinkedHashMap<>();

	private final Pattern fingerprint;

	private final String otherwise;

	CachePolicy(Duration maxAge, Map<String, String> patterns, Pattern fingerprint) {
		patterns
			.forEach((pattern, value) -> this.patterns.put(PathPatternParser.defaultInstance.parse(pattern), value));
		this.fingerprint = fingerprint;
		this.otherwise = "max-age=" + maxAge.toSeconds();
	}

	/** A directory is matched by its own path and by that of its index. */
	String of(Variants variants) {
		PathContainer path = variants.path().container();
		PathContainer file = variants.path().file().container();
		for (Map.Entry<PathPattern, String> entry : this.patterns.entrySet()) {
			if (entry.getKey().matches(path) || entry.getKey().matches(file)) {
				return entry.getValue();
			}
		}
		return this.fingerprint.matcher(variants.name()).matches() ? IMMUTABLE : this.otherwise;
	}

}
