package io.iodine.edge;

import java.util.Map;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a request's head, when it came through HTTP/2. The size of the whole is
 * what the codec has refused before.
 */
final class HeaderListLimits {

	private HeaderListLimits() {
	}

	static @Nullable RejectedRequest check(Http2Headers headers, EdgeLimits limits) {
		CharSequence path = headers.path();
		if (path != null && path.length() > limits.maxRequestLine()) {
			return RejectedRequest.TARGET_TOO_LONG;
		}
		if (path != null && AsciiString.indexOfIgnoreCase(path, "#", 0) >= 0) {
			return RejectedRequest.TARGET;
		}
		int lines = 0;
		for (Map.Entry<CharSequence, CharSequence> header : headers) {
			if (Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(header.getKey())) {
				continue;
			}
			lines++;
			if (header.getKey().length() + ": ".length() + header.getValue().length() > limits.maxHeaderLine()) {
				return RejectedRequest.HEADER_LINE_TOO_LONG;
			}
		}
		if (lines > limits.maxHeaders()) {
			return RejectedRequest.TOO_MANY_HEADERS;
		}
		return (announced(headers) > limits.maxBodySize()) ? RejectedRequest.BODY_TOO_LARGE : null;
	}

	// what is no number is for the codec to refuse
	private static long announced(Http2Headers headers) {
		return headers.getLong(HttpHeaderNames.CONTENT_LENGTH, -1);
	}

}
