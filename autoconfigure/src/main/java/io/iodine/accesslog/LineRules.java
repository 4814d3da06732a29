package io.iodine.accesslog;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Masks secrets of query strings and cuts long values before they are logged.
 *
 * @param masked names of query parameters whose values are not shown, in lower case
 * @param maxValueLength how many characters of a line a value may take
 */
public record LineRules(Set<String> masked, int maxValueLength) {

	/** The names of parameters that carry credentials. */
	public static final List<String> CREDENTIALS = List.of("access_token", "id_token", "refresh_token", "token",
			"api_key", "apikey", "password", "secret");

	/** What is masked and cut unless something else is said. */
	public static final LineRules DEFAULT = of(CREDENTIALS, 1024);

	private static final String MASK = "***";

	private static final String ELLIPSIS = "...";

	/** How many characters an escaped one takes at most. */
	private static final int LONGEST_ESCAPE = 6;

	public LineRules {
		masked = Set.copyOf(masked);
	}

	/**
	 * Rules for these parameters.
	 * @param parameters names of query parameters, in any case
	 * @param maxValueLength how many characters of a line a value may take
	 * @return the rules
	 */
	public static LineRules of(Collection<String> parameters, int maxValueLength) {
		return new LineRules(
				parameters.stream().map((name) -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()),
				maxValueLength);
	}

	AccessEntry apply(AccessEntry entry) {
		AccessEntry.End end = entry.end();
		return new AccessEntry(entry.epochMillis(), shortened(entry.address()), cut(entry.user()),
				shortened(entry.method()), shortened(
						masked(entry.target())),
				shortened(entry.protocol()), entry.status(), entry.bytes(), entry.elapsed(),
				(entry.referrer() != null) ? shortened(masked(entry.referrer())) : null, cut(entry.userAgent()),
				(end != null) ? new AccessEntry.End(end.id(), end.cause(), shortened(end.reason()), end.messagesIn(),
						end.bytesIn(), end.messagesOut()) : null,
				entry.requestId());
	}

	String masked(String target) {
		int query = target.indexOf('?');
		if (query < 0 || this.masked.isEmpty()) {
			return target;
		}
		StringBuilder shown = new StringBuilder(target.length()).append(target, 0, query + 1);
		int start = query + 1;
		while (start <= target.length()) {
			int end = end(target, start);
			int value = target.indexOf('=', start);
			if (value >= 0 && value < end && isMasked(target.substring(start, value))) {
				shown.append(target, start, value + 1).append(MASK);
			}
			else {
				shown.append(target, start, end);
			}
			if (end < target.length()) {
				shown.append(target.charAt(end));
			}
			start = end + 1;
		}
		return shown.toString();
	}

	private boolean isMasked(String name) {
		return this.masked.contains(decoded(name).toLowerCase(Locale.ROOT));
	}

	private static String decoded(String name) {
		if (name.indexOf('%') < 0) {
			return name;
		}
		try {
			return URLDecoder.decode(name, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// an escape that is none: no application reads the name either
			return name;
		}
	}

	private static int end(String target, int start) {
		for (int i = start; i < target.length(); i++) {
			if (target.charAt(i) == '&' || target.charAt(i) == ';' || target.charAt(i) == '#') {
				return i;
			}
		}
		return target.length();
	}

	private @Nullable String cut(@Nullable String value) {
		return (value != null) ? shortened(value) : null;
	}

	private String shortened(String value) {
		if (value.length() <= this.maxValueLength / LONGEST_ESCAPE) {
			return value;
		}
		int length = 0;
		for (int i = 0; i < value.length(); i++) {
			length += Escapes.length(value.charAt(i));
			if (length > this.maxValueLength) {
				return value.substring(0, kept(value, i)) + ELLIPSIS;
			}
		}
		return value;
	}

	/** How many characters of the first ones leave room for the ellipsis. */
	private static int kept(String value, int count) {
		int kept = count;
		for (int room = 0; room < ELLIPSIS.length() && kept > 0; kept--) {
			room += Escapes.length(value.charAt(kept - 1));
		}
		return kept;
	}

}
