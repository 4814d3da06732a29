package io.iodine.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * The headers of a request as one string, a few hundred bytes, which is parsed when they
 * are asked for.
 */
final class HeaderBlock {

	static final HeaderBlock EMPTY = new HeaderBlock("");

	/** Can't occur in a header. */
	private static final char SEPARATOR = '\n';

	private final String block;

	private HeaderBlock(String block) {
		this.block = block;
	}

	static HeaderBlock of(HttpHeaders headers) {
		StringBuilder block = new StringBuilder();
		headers.forEach((name, values) -> values
			.forEach((value) -> block.append(name).append(SEPARATOR).append(value).append(SEPARATOR)));
		return new HeaderBlock(block.toString());
	}

	/** The values by name, whose case is ignored. */
	Map<String, List<String>> all() {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int at = 0; at < this.block.length();) {
			int nameEnd = this.block.indexOf(SEPARATOR, at);
			int valueEnd = this.block.indexOf(SEPARATOR, nameEnd + 1);
			all.computeIfAbsent(this.block.substring(at, nameEnd), (key) -> new ArrayList<>(1))
				.add(this.block.substring(nameEnd + 1, valueEnd));
			at = valueEnd + 1;
		}
		return all;
	}

	/** The lines of a header. */
	List<String> lines(String name) {
		return all().getOrDefault(name, List.of());
	}

	Optional<String> first(String name) {
		return lines(name).stream().findFirst();
	}

	Optional<String> cookie(String name) {
		for (String line : lines("Cookie")) {
			for (String pair : StringUtils.tokenizeToStringArray(line, ";")) {
				int equals = pair.indexOf('=');
				if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
					return Optional.of(unquoted(pair.substring(equals + 1).strip()));
				}
			}
		}
		return Optional.empty();
	}

	private static String unquoted(String value) {
		return (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\""))
				? value.substring(1, value.length() - 1) : value;
	}

}
