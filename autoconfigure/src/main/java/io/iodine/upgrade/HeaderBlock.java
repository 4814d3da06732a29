package io.iodine.upgrade;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * The headers of a request as one array, a few hundred bytes, which is parsed when they
 * are asked for. What most handshakes have in common takes one control character, which
 * no header may contain (RFC 9110, section 5.5); one that a server lets through becomes a
 * question mark.
 */
final class HeaderBlock {

	/** The headers of no request. */
	static final byte[] EMPTY = {};

	/** Ends what has no code. Can't occur in a header. */
	private static final char END = '\n';

	/** The first code of what is common, above the end. */
	private static final int FIRST_CODE = 0x0B;

	private static final List<String> COMMON = List.of("Host", "Connection", "Upgrade", "Sec-WebSocket-Version",
			"Sec-WebSocket-Key", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "User-Agent", "Origin", "Accept",
			"Accept-Encoding", "Accept-Language", "Cache-Control", "Pragma", "Cookie", "websocket", "13", "no-cache",
			"permessage-deflate; client_max_window_bits", "text/event-stream", "keep-alive");

	private final String block;

	/**
	 * Creates the headers of an array.
	 * @param bytes what {@link #bytes} returned
	 */
	HeaderBlock(byte[] bytes) {
		this.block = new String(bytes, StandardCharsets.UTF_8);
	}

	/**
	 * Writes headers as one array, which takes less memory than a string.
	 * @param headers the headers
	 * @return the array
	 */
	static byte[] bytes(HttpHeaders headers) {
		StringBuilder block = new StringBuilder();
		headers.forEach((name, values) -> values.forEach((value) -> {
			append(block, name);
			append(block, value);
		}));
		return block.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static void append(StringBuilder block, String token) {
		int common = COMMON.indexOf(token);
		if (common >= 0) {
			block.append((char) (FIRST_CODE + common));
		}
		else {
			appendText(block, token);
			block.append(END);
		}
	}

	/** A server of HTTP/2 may let through what would be taken for another header. */
	private static void appendText(StringBuilder block, String token) {
		int start = block.length();
		block.append(token);
		for (int i = start; i < block.length(); i++) {
			char c = block.charAt(i);
			if (c == END || isCode(c)) {
				block.setCharAt(i, '?');
			}
		}
	}

	private static boolean isCode(char c) {
		return c >= FIRST_CODE && c < ' ';
	}

	/** Where the token that begins there ends. */
	private int end(int from) {
		return isCode(this.block.charAt(from)) ? from + 1 : this.block.indexOf(END, from) + 1;
	}

	private String token(int from, int end) {
		char first = this.block.charAt(from);
		return isCode(first) ? COMMON.get(first - FIRST_CODE) : this.block.substring(from, end - 1);
	}

	/** The values by name, whose case is ignored. */
	Map<String, List<String>> all() {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int at = 0; at < this.block.length();) {
			int nameEnd = end(at);
			int valueEnd = end(nameEnd);
			all.computeIfAbsent(token(at, nameEnd), (key) -> new ArrayList<>(1)).add(token(nameEnd, valueEnd));
			at = valueEnd;
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
