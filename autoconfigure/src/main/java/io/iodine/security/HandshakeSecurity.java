package io.iodine.security;

import java.util.Optional;

import io.iodine.UpgradeRequest;
import io.iodine.connection.CallbackScope;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.Ordered;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Keeps the security context of a handshake, as it is behind Spring Security's filters,
 * for the callbacks of the connection.
 */
public final class HandshakeSecurity implements WebFilter, Ordered {

	private static final String KEY = HandshakeSecurity.class.getName();

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!(exchange.getAttribute(UpgradeRequest.ATTRIBUTE) instanceof UpgradeRequest request)
				|| request.protocol().isEmpty()) {
			return chain.filter(exchange);
		}
		return ReactiveSecurityContextHolder.getContext()
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((found) -> found.isEmpty() ? chain.filter(exchange)
					: bound(exchange, request).then(chain.filter(exchange))
						.contextWrite((context) -> context.put(KEY, copy(found.get()))));
	}

	private static Mono<Void> bound(ServerWebExchange exchange, UpgradeRequest request) {
		return exchange.getSession().doOnNext((session) -> WebSessionEnd.bind(request, session)).then();
	}

	/** Behind all other filters. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	/**
	 * What surrounds the callbacks of a connection.
	 * @param context the context of its handshake
	 * @return a scope with the security context
	 */
	public static CallbackScope scope(ContextView context) {
		@Nullable SecurityContext found = context.getOrDefault(KEY, null);
		return (found != null) ? new SecurityContextScope(found) : CallbackScope.NONE;
	}

	/** A logout empties the original. */
	private static SecurityContext copy(SecurityContext context) {
		SecurityContextImpl copy = new SecurityContextImpl();
		copy.setAuthentication(context.getAuthentication());
		return copy;
	}

}
