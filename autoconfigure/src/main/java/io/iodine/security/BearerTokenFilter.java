package io.iodine.security;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Makes a bearer token of the subprotocols {@code bearer, <token>} or of a cookie, for
 * browsers, which can't set a header for a WebSocket. The handshake goes on without the
 * token, and with the subprotocol {@code bearer} only.
 */
public final class BearerTokenFilter implements WebFilter, Ordered {

	private static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";

	private static final String BEARER = "bearer";

	/** The token of RFC 6750 that is a subprotocol by RFC 6455. */
	private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+-]+");

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
		List<String> offered = exchange.getRequest()
			.getHeaders()
			.getOrDefault(SUBPROTOCOL, List.of())
			.stream()
			.flatMap((value) -> List.of(StringUtils.tokenizeToStringArray(value, ",")).stream())
			.toList();
		int bearer = this.subprotocol ? offered.indexOf(BEARER) : -1;
		if (bearer < 0 || bearer + 1 >= offered.size() || !TOKEN.matcher(offered.get(bearer + 1)).matches()) {
			return chain.filter(withCookie(exchange));
		}
		String token = offered.get(bearer + 1);
		return chain.filter(exchange.mutate().request((request) -> rewrite(request, offered, bearer, token)).build());
	}

	private ServerWebExchange withCookie(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		HttpCookie found = (this.cookie != null) ? request.getCookies().getFirst(this.cookie) : null;
		if (found == null || request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)
				|| (!request.getHeaders().containsHeader("Sec-WebSocket-Key")
						&& !request.getHeaders().getAccept().contains(MediaType.TEXT_EVENT_STREAM))) {
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

	private static void rewrite(ServerHttpRequest.Builder request, List<String> offered, int bearer, String token) {
		request.headers((headers) -> {
			List<String> left = new ArrayList<>(offered);
			left.remove(bearer + 1);
			headers.set(SUBPROTOCOL, String.join(", ", left));
			if (!headers.containsHeader(HttpHeaders.AUTHORIZATION)) {
				headers.setBearerAuth(token);
			}
		});
	}

}
