package io.iodine.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.iodine.header.CommaSeparatedList;

/**
 * A satisfiable range of bytes (RFC 9110, section 14.1.2).
 *
 * @param first the first byte
 * @param last the last byte, inclusive
 */
record ByteRange(long first, long last) {

	/** A header with more ranges than this is ignored, as section 14.2 advises. */
	static final int MOST = 16;

	private static final String UNIT = "bytes=";

	private static final Pattern SPEC = Pattern.compile("(\\d*)-(\\d*)");

	/**
	 * Reads a {@code Range} header for a representation of this length.
	 * @return empty when the header is to be ignored: another unit, a syntax error, too
	 * many ranges, or more bytes than there are; an empty list when no range can be
	 * satisfied (416)
	 */
	static Optional<List<ByteRange>> parse(String header, long length) {
		if (!header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
			return Optional.empty();
		}
		List<ByteRange> ranges = new ArrayList<>();
		int specs = 0;
		for (String spec : CommaSeparatedList.elements(header.substring(UNIT.length()))) {
			Matcher matcher = SPEC.matcher(spec);
			if (!matcher.matches() || spec.length() == 1 || ++specs > MOST) {
				return Optional.empty();
			}
			if (matcher.group(1).isEmpty()) {
				suffix(number(matcher.group(2)), length).ifPresent(ranges::add);
				continue;
			}
			long first = number(matcher.group(1));
			long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
			if (first > last) {
				return Optional.empty();
			}
			if (first < length) {
				ranges.add(new ByteRange(first, Math.min(last, length - 1)));
			}
		}
		boolean amplifies = ranges.size() > 1 && ranges.stream().mapToLong(ByteRange::length).sum() > length;
		return (specs == 0 || amplifies) ? Optional.empty() : Optional.of(ranges);
	}

	long length() {
		return this.last - this.first + 1;
	}

	/** The value of {@code Content-Range} (RFC 9110, section 14.4). */
	String contentRange(long length) {
		return "bytes " + this.first + "-" + this.last + "/" + length;
	}

	/** The value of {@code Content-Range} when nothing can be satisfied. */
	static String unsatisfied(long length) {
		return "bytes */" + length;
	}

	private static Optional<ByteRange> suffix(long count, long length) {
		if (count == 0 || length == 0) {
			return Optional.empty();
		}
		return Optional.of(new ByteRange(Math.max(0, length - count), length - 1));
	}

	private static long number(String digits) {
		// more digits than a long holds mean "beyond any file"
		return (digits.length() > 18) ? Long.MAX_VALUE : Long.parseLong(digits);
	}

}
