package io.iodine.upgrade;

import java.util.Locale;

import io.iodine.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;

/** What a request may be upgraded to. */
public final class RequestedProtocol {

	/** Negotiated by the server itself. */
	private static final String HTTP2 = "h2c";

	private RequestedProtocol() {
	}

	/**
	 * Finds the protocol.
	 * @param request the request
	 * @param extendedConnect whether it is an extended CONNECT of HTTP/2
	 * @return the protocol; null when the request can't be upgraded
	 */
	public static @Nullable Protocol of(HttpRequest request, boolean extendedConnect) {
		HttpHeaders headers = request.getHeaders();
		String upgrade = headers.getFirst(HttpHeaders.UPGRADE);
		if (upgrade != null && (lists(headers, HttpHeaders.CONNECTION, "upgrade") || extendedConnect)) {
			if (lists(headers, HttpHeaders.UPGRADE, "websocket")) {
				return Protocol.WEBSOCKET;
			}
			if (!lists(headers, HttpHeaders.UPGRADE, HTTP2)) {
				return Protocol.RAW;
			}
		}
		return (HttpMethod.GET.equals(request.getMethod()) && acceptsEventStream(headers)) ? Protocol.SSE : null;
	}

	/**
	 * Whether a comma-separated header has an element (RFC 9110, section 5.6.1).
	 * @param headers the headers
	 * @param name the header
	 * @param element the element, in lower case
	 * @return whether it is there, in any case
	 */
	static boolean lists(HttpHeaders headers, String name, String element) {
		for (String line : headers.getOrEmpty(name)) {
			for (String value : StringUtils.tokenizeToStringArray(line, ",")) {
				if (value.toLowerCase(Locale.ROOT).equals(element)) {
					return true;
				}
			}
		}
		return false;
	}

	/** Named itself, and not with a quality of 0: a wildcard is no event source. */
	private static boolean acceptsEventStream(HttpHeaders headers) {
		for (String line : headers.getOrEmpty(HttpHeaders.ACCEPT)) {
			if (line.toLowerCase(Locale.ROOT).contains(MediaType.TEXT_EVENT_STREAM_VALUE) && namesEventStream(line)) {
				return true;
			}
		}
		return false;
	}

	private static boolean namesEventStream(String accept) {
		try {
			return MediaType.parseMediaTypes(accept)
				.stream()
				.anyMatch(
						(type) -> type.equalsTypeAndSubtype(MediaType.TEXT_EVENT_STREAM) && type.getQualityValue() > 0);
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

}
