package io.iodine.servlet;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.iodine.security.BearerCookies;
import io.iodine.security.OfferedToken;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.util.WebUtils;

/**
 * Makes a bearer token of the subprotocols {@code bearer, TOKEN} or of a cookie, for
 * browsers, which can't set a header for a WebSocket. The handshake goes on without the
 * token, and with the subprotocol {@code bearer} only.
 */
public final class ServletBearerTokenFilter implements Filter, Ordered {

	private final boolean subprotocol;

	private final @Nullable String cookie;

	/**
	 * Creates the filter.
	 * @param subprotocol whether the subprotocols may bring the token
	 * @param cookie the name of the cookie that may bring the token of a handshake; null
	 * for none
	 */
	public ServletBearerTokenFilter(boolean subprotocol, @Nullable String cookie) {
		this.subprotocol = subprotocol;
		this.cookie = cookie;
	}

	/** Ahead of all that reads the request. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		chain.doFilter((request instanceof HttpServletRequest http) ? rewritten(http) : request, response);
	}

	private HttpServletRequest rewritten(HttpServletRequest request) {
		OfferedToken offered = this.subprotocol
				? OfferedToken.of(Collections.list(request.getHeaders(OfferedToken.HEADER))) : null;
		Map<String, String> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		boolean authorized = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
		if (offered != null) {
			changed.put(OfferedToken.HEADER, offered.subprotocols());
			if (!authorized) {
				changed.put(HttpHeaders.AUTHORIZATION, "Bearer " + offered.token());
			}
		}
		else if (this.cookie != null && !authorized
				&& BearerCookies.mayAuthorize(new ServletServerHttpRequest(request))) {
			Cookie found = WebUtils.getCookie(request, this.cookie);
			if (found != null) {
				changed.put(HttpHeaders.AUTHORIZATION, "Bearer " + found.getValue());
			}
		}
		return changed.isEmpty() ? request : new Rewritten(request, changed);
	}

	/** A request with other values of some headers. */
	private static final class Rewritten extends HttpServletRequestWrapper {

		private final Map<String, String> changed;

		Rewritten(HttpServletRequest request, Map<String, String> changed) {
			super(request);
			this.changed = changed;
		}

		@Override
		public @Nullable String getHeader(String name) {
			String value = this.changed.get(name);
			return (value != null) ? value : super.getHeader(name);
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			String value = this.changed.get(name);
			return (value != null) ? Collections.enumeration(List.of(value)) : super.getHeaders(name);
		}

		@Override
		public Enumeration<String> getHeaderNames() {
			Set<String> names = new LinkedHashSet<>();
			Collections.list(super.getHeaderNames())
				.stream()
				.filter((name) -> !this.changed.containsKey(name))
				.forEach(names::add);
			names.addAll(this.changed.keySet());
			return Collections.enumeration(names);
		}

	}

}
