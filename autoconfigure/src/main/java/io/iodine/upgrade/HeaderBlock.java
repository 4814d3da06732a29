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
 * are asked for. What most handshakes have in common takes one control character, which
 * no header may contain (RFC 9110, section 5.5); one that a server lets through becomes a
 * question mark.
 */
final class HeaderBlock {

	/** Can't occur in a header. */
	private static final char SEPARATOR = '\n';

	/** The first code of what is common, above the separator. */
	private static final int FIRST_CODE = 0x0B;

	private static final List<String> COMMON = List.of("Host", "Connection", "Upgrade", "Sec-WebSocket-Version",
			"Sec-WebSocket-Key", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "User-Agent", "Origin", "Accept",
			"Accept-Encoding", "Accept-Language", "Cache-Control", "Pragma", "Cookie", "websocket", "13", "no-cache",
			"permessage-deflate; client_max_window_bits", "text/event-stream", "keep-alive");

	private final String block;

	/**
	 * Creates the headers of a text.
	 * @param block what {@link #text} returned
	 */
	HeaderBlock(String block) {
		this.block = block;
	}

	/**
	 * Writes headers as one string.
	 * @param headers the headers
	 * @return the string
	 */
	static String text(HttpHeaders headers) {
		StringBuilder block = new StringBuilder();
		headers.forEach((name, values) -> values.forEach((value) -> {
			append(block, name);
			append(block, value);
		}));
		return block.toString();
	}

	private static void append(StringBuilder block, String token) {
		int common = COMMON.indexOf(token);
		if (common >= 0) {
			block.append((char) (FIRST_CODE + common));
		}
		else {
			appendText(block, token);
		}
		block.append(SEPARATOR);
	}

	/** A server of HTTP/2 may let through what would be taken for another header. */
	private static void appendText(StringBuilder block, String token) {
		int start = block.length();
		block.append(token);
		for (int i = start; i < block.length(); i++) {
			char c = block.charAt(i);
			if (c == SEPARATOR || (c >= FIRST_CODE && c < ' ')) {
				block.setCharAt(i, '?');
			}
		}
	}

	private String token(int from, int to) {
		boolean common = to - from == 1 && this.block.charAt(from) >= FIRST_CODE && this.block.charAt(from) < ' ';
		return common ? COMMON.get(this.block.charAt(from) - FIRST_CODE) : this.block.substring(from, to);
	}

	/** The values by name, whose case is ignored. */
	Map<String, List<String>> all() {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int at = 0; at < this.block.length();) {
			int nameEnd = this.block.indexOf(SEPARATOR, at);
			int valueEnd = this.block.indexOf(SEPARATOR, nameEnd + 1);
			all.computeIfAbsent(token(at, nameEnd), (key) -> new ArrayList<>(1)).add(token(nameEnd + 1, valueEnd));
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
