package io.iodine.security;

import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Makes a bearer token of the subprotocols {@code bearer, <token>} or of a cookie, for
 * browsers, which can't set a header for a WebSocket. The handshake goes on without the
 * token, and with the subprotocol {@code bearer} only.
 */
public final class BearerTokenFilter implements WebFilter, Ordered {

	private final boolean subprotocol;

	private final @Nullable String cookie;

	/**
	 * Creates the filter.
	 * @param subprotocol whether the subprotocols may bring the token
	 * @param cookie the name of the cookie that may bring the token of a handshake; null
	 * for none
	 */
	public BearerTokenFilter(boolean subprotocol, @Nullable String cookie) {
		this.subprotocol = subprotocol;
		this.cookie = cookie;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		OfferedToken offered = this.subprotocol
				? OfferedToken.of(exchange.getRequest().getHeaders().getOrDefault(OfferedToken.HEADER, List.of()))
				: null;
		return chain.filter((offered != null)
				? exchange.mutate().request((request) -> rewrite(request, offered)).build() : withCookie(exchange));
	}

	private ServerWebExchange withCookie(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		HttpCookie found = (this.cookie != null) ? request.getCookies().getFirst(this.cookie) : null;
		if (found == null || request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)
				|| !BearerCookies.mayAuthorize(request)) {
			return exchange;
		}
		return exchange.mutate()
			.request((changed) -> changed.headers((headers) -> headers.setBearerAuth(found.getValue())))
			.build();
	}

	/** Ahead of all that reads the request. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private static void rewrite(ServerHttpRequest.Builder request, OfferedToken offered) {
		request.headers((headers) -> {
			headers.set(OfferedToken.HEADER, offered.subprotocols());
			if (!headers.containsHeader(HttpHeaders.AUTHORIZATION)) {
				headers.setBearerAuth(offered.token());
			}
		});
	}

}
