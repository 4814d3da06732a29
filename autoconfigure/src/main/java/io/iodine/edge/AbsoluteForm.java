package io.iodine.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;

/**
 * A target that is a whole URI, as clients of proxies send it. An origin server takes the
 * host from it, whatever {@code Host} says (RFC 9112 section 3.2.2).
 */
final class AbsoluteForm {

	private AbsoluteForm() {
	}

	/**
	 * Makes a request as if its target were a path.
	 * @param request the request, whose target is sound up to the authority
	 * @return false if it names no host
	 */
	static boolean resolve(HttpRequest request) {
		String target = request.uri();
		if (target.charAt(0) == '/' || target.equals("*")) {
			return true;
		}
		int authority = target.indexOf("://") + "://".length();
		int end = authority;
		while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
			end++;
		}
		String host = target.substring(authority, end);
		if (!FramingFields.isHost(host)) {
			return false;
		}
		request.headers().set(HttpHeaderNames.HOST, host);
		request.setUri(path(request.method(), target.substring(end)));
		return true;
	}

	// what a proxy would make of it: RFC 9112 section 3.2.4
	private static String path(HttpMethod method, String rest) {
		if (rest.isEmpty() && HttpMethod.OPTIONS.equals(method)) {
			return "*";
		}
		return rest.startsWith("/") ? rest : "/" + rest;
	}

}
