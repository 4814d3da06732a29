package io.iodine.edge;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests of HTTP/2 that are malformed (RFC 9113, section 8) and yet pass Netty's
 * codec. Reactor Netty would never answer them.
 */
final class PseudoHeaderCheck {

	private PseudoHeaderCheck() {
	}

	/**
	 * Whether a field that every request has is missing, or one is there that its method
	 * does not have: RFC 8441, section 4, knows a protocol of {@code CONNECT} only.
	 * @param headers the head of the request
	 */
	static boolean areInvalid(Http2Headers headers) {
		if (isEmpty(headers.method())) {
			return true;
		}
		boolean connect = HttpMethod.CONNECT.asciiName().contentEquals(headers.method());
		boolean extended = headers.contains(Http2Headers.PseudoHeaderName.PROTOCOL.value());
		if (connect == extended) {
			return isEmpty(headers.scheme()) || isEmpty(headers.path());
		}
		return extended;
	}

	private static boolean isEmpty(@Nullable CharSequence value) {
		return value == null || value.length() == 0;
	}

}
