package io.iodine.upgrade;

import java.net.URI;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.util.PatternMatchUtils;

/**
 * Whether the page that a request comes from may connect (RFC 6454). Browsers let any
 * page open a WebSocket to any server and leave the check to the server (RFC 6455,
 * section 10.2).
 */
public final class Origins {

	private Origins() {
	}

	/**
	 * Checks a request.
	 * @param request the request
	 * @param allowed origins, possibly with {@code *} for a part of one; empty for the
	 * same origin only
	 * @return whether it may connect; requests that no page sent always may
	 */
	static boolean allows(HttpRequest request, List<String> allowed) {
		String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
		if (origin == null) {
			return true;
		}
		if (allowed.isEmpty()) {
			return isSame(origin, request.getURI());
		}
		return allowed.stream().anyMatch((pattern) -> matches(pattern, origin));
	}

	/**
	 * Lets the page that a request comes from read the response (Fetch standard, section
	 * 3.2.3), unless the application's CORS configuration has said so already.
	 * @param request the request, allowed
	 * @param response the headers of the response
	 * @param credentials whether it may be read with cookies
	 */
	public static void admit(HttpRequest request, HttpHeaders response, boolean credentials) {
		String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
		if (origin == null || response.containsHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
			return;
		}
		response.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
		response.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
		if (credentials) {
			response.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
		}
	}

	private static boolean matches(String pattern, String origin) {
		return PatternMatchUtils.simpleMatch(pattern.toLowerCase(Locale.ROOT), origin.toLowerCase(Locale.ROOT));
	}

	private static boolean isSame(String origin, URI target) {
		URI page = parse(origin);
		if (page == null || page.getHost() == null || target.getHost() == null) {
			return false;
		}
		return page.getHost().equalsIgnoreCase(target.getHost()) && isSecure(page) == isSecure(target)
				&& port(page) == port(target);
	}

	private static @Nullable URI parse(String origin) {
		try {
			return URI.create(origin);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static boolean isSecure(URI uri) {
		return "https".equalsIgnoreCase(uri.getScheme()) || "wss".equalsIgnoreCase(uri.getScheme());
	}

	private static int port(URI uri) {
		return (uri.getPort() >= 0) ? uri.getPort() : isSecure(uri) ? 443 : 80;
	}

}
