package io.iodine.edge;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * What makes a request of HTTP/2 malformed (RFC 9113, section 8) and yet passes Netty's
 * codec, behind which nobody would ever answer it.
 */
final class PseudoHeaderCheck {

	private PseudoHeaderCheck() {
	}

	/**
	 * Whether a field that every request has is missing.
	 * @param headers the head of the request
	 */
	static boolean areIncomplete(Http2Headers headers) {
		if (isEmpty(headers.method())) {
			return true;
		}
		boolean connect = HttpMethod.CONNECT.asciiName().contentEquals(headers.method());
		return !connect && (isEmpty(headers.scheme()) || isEmpty(headers.path()));
	}

	private static boolean isEmpty(@Nullable CharSequence value) {
		return value == null || value.length() == 0;
	}

}
