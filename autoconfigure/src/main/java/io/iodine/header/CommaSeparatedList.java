package io.iodine.header;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Splits header values that are lists (RFC 9110, section 5.6.1). A comma within a quoted
 * string separates nothing.
 */
public final class CommaSeparatedList {

	private CommaSeparatedList() {
	}

	/**
	 * Lists the elements of a value, of which empty ones are ignored.
	 * @param value the value of one header line
	 * @return the elements without the spaces and tabs around them
	 */
	public static List<String> elements(String value) {
		List<String> elements = split(value);
		elements.removeIf(String::isEmpty);
		return elements;
	}

	/**
	 * Lists the elements of several lines, of which empty ones are ignored.
	 * @param lines the values of all lines of a header, in order
	 * @return the elements without the spaces and tabs around them
	 */
	public static List<String> elements(Collection<String> lines) {
		List<String> elements = new ArrayList<>();
		lines.forEach((line) -> elements.addAll(elements(line)));
		return elements;
	}

	/**
	 * Splits a value whose empty elements matter.
	 * @param value the value
	 * @return what stands between the commas, without the spaces and tabs around it; one
	 * empty element for an empty value
	 */
	public static List<String> split(String value) {
		List<String> elements = new ArrayList<>(4);
		boolean quoted = false;
		int start = 0;
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '"') {
				quoted = !quoted;
			}
			else if (c == '\\' && quoted) {
				i++;
			}
			else if (c == ',' && !quoted) {
				elements.add(trimmed(value, start, i));
				start = i + 1;
			}
		}
		elements.add(trimmed(value, start, value.length()));
		return elements;
	}

	private static String trimmed(String value, int start, int end) {
		int from = start;
		int to = end;
		while (from < to && isSpace(value.charAt(from))) {
			from++;
		}
		while (to > from && isSpace(value.charAt(to - 1))) {
			to--;
		}
		return value.substring(from, to);
	}

	private static boolean isSpace(char c) {
		return c == ' ' || c == '\t';
	}

}
