package io.iodine.security;

import io.iodine.upgrade.RequestedProtocol;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;

/**
 * Decides which requests a cookie may authorize: those that open a connection, to which
 * browsers add no header. Browsers send cookies with requests of foreign pages too, and
 * Spring Security asks a request with a bearer token for no CSRF token, so a request that
 * may change something is none of them.
 */
public final class BearerCookies {

	private BearerCookies() {
	}

	/**
	 * Whether a cookie may bring the token of a request.
	 * @param request the request
	 * @return true for a GET or HEAD that asks for a WebSocket, for another protocol or
	 * for an event stream
	 */
	public static boolean mayAuthorize(HttpRequest request) {
		boolean safe = HttpMethod.GET.equals(request.getMethod()) || HttpMethod.HEAD.equals(request.getMethod());
		return safe && !RequestedProtocol.of(request, true).isEmpty();
	}

}
