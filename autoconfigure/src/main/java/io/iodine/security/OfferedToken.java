package io.iodine.security;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

/**
 * The bearer token that a WebSocket handshake offers as the subprotocols
 * {@code bearer, TOKEN}.
 *
 * @param token the token
 * @param subprotocols the value of the header without the token
 */
public record OfferedToken(String token, String subprotocols) {

	/** The header of the subprotocols. */
	public static final String HEADER = "Sec-WebSocket-Protocol";

	private static final String BEARER = "bearer";

	/** The token of RFC 6750 that is a subprotocol by RFC 6455. */
	private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+-]+");

	/**
	 * Finds the token among the subprotocols.
	 * @param values the values of the header
	 * @return the token; null when there is none
	 */
	public static @Nullable OfferedToken of(List<String> values) {
		List<String> offered = CommaSeparatedList.elements(values);
		int bearer = offered.indexOf(BEARER);
		if (bearer < 0 || bearer + 1 >= offered.size() || !TOKEN.matcher(offered.get(bearer + 1)).matches()) {
			return null;
		}
		List<String> left = new ArrayList<>(offered);
		String token = left.remove(bearer + 1);
		return new OfferedToken(token, String.join(", ", left));
	}

}
