package io.iodine.file;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The validators of a representation, and what a request's conditions say of them, in the
 * order of RFC 9110, section 13.2.2.
 *
 * @param entityTag the entity tag, strong or weak
 * @param modified the second of the last modification
 */
record Preconditions(String entityTag, long modified) {

	private static final Pattern TAGS = Pattern.compile("(W/)?(\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\")");

	/** What the conditions say. */
	enum Outcome {

		/** The request is performed. */
		PERFORM,

		/** 304. */
		NOT_MODIFIED,

		/** 412. */
		FAILED

	}

	/** Judges a GET or HEAD. */
	Outcome judge(HttpHeaders request) {
		String ifMatch = list(request, HttpHeaderNames.IF_MATCH);
		if (ifMatch != null) {
			if (!matches(ifMatch, true)) {
				return Outcome.FAILED;
			}
		}
		else {
			OptionalLong unmodifiedSince = date(request, HttpHeaderNames.IF_UNMODIFIED_SINCE);
			if (unmodifiedSince.isPresent() && this.modified > unmodifiedSince.getAsLong()) {
				return Outcome.FAILED;
			}
		}
		String ifNoneMatch = list(request, HttpHeaderNames.IF_NONE_MATCH);
		if (ifNoneMatch != null) {
			return matches(ifNoneMatch, false) ? Outcome.NOT_MODIFIED : Outcome.PERFORM;
		}
		OptionalLong modifiedSince = date(request, HttpHeaderNames.IF_MODIFIED_SINCE);
		return modifiedSince.isPresent() && this.modified <= modifiedSince.getAsLong() ? Outcome.NOT_MODIFIED
				: Outcome.PERFORM;
	}

	/**
	 * Whether a {@code Range} is to be heeded (section 13.1.5): without {@code If-Range},
	 * or when its tag or date is exactly ours, and strong.
	 * @param request the header fields
	 * @param now the current second: a date is strong once its second has passed (section
	 * 8.8.2.2)
	 */
	boolean allowsRange(HttpHeaders request, long now) {
		String ifRange = request.get(HttpHeaderNames.IF_RANGE);
		if (ifRange == null) {
			return true;
		}
		String value = ifRange.strip();
		if (value.startsWith("\"") || value.startsWith("W/")) {
			return value.equals(this.entityTag) && !value.startsWith("W/");
		}
		OptionalLong date = HttpDate.parse(value);
		return date.isPresent() && date.getAsLong() == this.modified && now > this.modified;
	}

	private boolean matches(String tags, boolean strong) {
		if (tags.strip().equals("*")) {
			return true;
		}
		boolean ownIsWeak = this.entityTag.startsWith("W/");
		String own = this.entityTag.substring(ownIsWeak ? 2 : 0);
		Matcher matcher = TAGS.matcher(tags);
		while (matcher.find()) {
			boolean comparable = !strong || (matcher.group(1) == null && !ownIsWeak);
			if (comparable && own.equals(matcher.group(2))) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable String list(HttpHeaders request, CharSequence name) {
		return request.contains(name) ? String.join(",", request.getAll(name)) : null;
	}

	private static OptionalLong date(HttpHeaders request, CharSequence name) {
		return HttpDate.parse(request.get(name));
	}

}
