package io.iodine.upgrade;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.iodine.Protocol;
import io.iodine.header.CommaSeparatedList;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/** Finds the protocol a request may be upgraded to. */
public final class RequestedProtocol {

	/** Shared, as the others, because each connection keeps its request. */
	private static final List<Protocol> WEBSOCKET = List.of(Protocol.WEBSOCKET);

	private static final List<Protocol> WEBSOCKET_OR_SSE = List.of(Protocol.WEBSOCKET, Protocol.SSE);

	private static final List<Protocol> RAW = List.of(Protocol.RAW);

	private static final List<Protocol> RAW_OR_SSE = List.of(Protocol.RAW, Protocol.SSE);

	private static final List<Protocol> SSE = List.of(Protocol.SSE);

	/** Switched to below the application, if at all. */
	private static final Pattern OF_THE_SERVER = Pattern.compile("(?i)(h2c|websocket|(HTTP|TLS)(/.*)?)");

	/** A name, and perhaps a version (RFC 9110, section 7.8). */
	private static final Pattern PROTOCOL = Pattern
		.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]++(/[!#$%&'*+.^_`|~0-9A-Za-z-]++)?");

	private RequestedProtocol() {
	}

	/**
	 * Finds the protocols.
	 * @param request the request
	 * @param extendedConnect whether it is an extended CONNECT of HTTP/2
	 * @return the protocols, the preferred first; empty when the request can't be
	 * upgraded
	 */
	public static List<Protocol> of(HttpRequest request, boolean extendedConnect) {
		HttpHeaders headers = request.getHeaders();
		boolean sse = acceptsEventStream(headers) && !HttpMethod.OPTIONS.equals(request.getMethod());
		if (headers.containsHeader(HttpHeaders.UPGRADE)
				&& (lists(headers, HttpHeaders.CONNECTION, "upgrade") || extendedConnect)) {
			if (lists(headers, HttpHeaders.UPGRADE, "websocket")) {
				return sse ? WEBSOCKET_OR_SSE : WEBSOCKET;
			}
			if (!offered(headers.getOrEmpty(HttpHeaders.UPGRADE)).isEmpty()) {
				return sse ? RAW_OR_SSE : RAW;
			}
		}
		return sse ? SSE : List.of();
	}

	/**
	 * Lists the protocols that a client offers to speak instead of HTTP, without those
	 * that only a server itself can switch to and what is no protocol. An offer that
	 * nothing wants is ignored (RFC 9110, section 7.8).
	 * @param lines the lines of {@code Upgrade}
	 * @return the protocols, the preferred first
	 */
	static List<String> offered(List<String> lines) {
		return CommaSeparatedList.elements(lines)
			.stream()
			.filter((protocol) -> PROTOCOL.matcher(protocol).matches() && !OF_THE_SERVER.matcher(protocol).matches())
			.toList();
	}

	/**
	 * Whether a comma-separated header has an element (RFC 9110, section 5.6.1).
	 * @param headers the headers
	 * @param name the header
	 * @param element the element, in lower case
	 * @return whether it is there, in any case
	 */
	static boolean lists(HttpHeaders headers, String name, String element) {
		return CommaSeparatedList.elements(headers.getOrEmpty(name))
			.stream()
			.anyMatch((value) -> value.toLowerCase(Locale.ROOT).equals(element));
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
		return MimeTypeUtils.tokenize(accept).stream().anyMatch(RequestedProtocol::isEventStream);
	}

	/** A malformed element is skipped, and the others count. */
	private static boolean isEventStream(String element) {
		try {
			MediaType type = MediaType.parseMediaType(element);
			return type.equalsTypeAndSubtype(MediaType.TEXT_EVENT_STREAM) && type.getQualityValue() > 0;
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

}
