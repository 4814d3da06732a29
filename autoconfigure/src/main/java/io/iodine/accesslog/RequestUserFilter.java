package io.iodine.accesslog;

import io.netty.util.AttributeKey;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Notes the authenticated user of a request for its line: behind Spring Security, which
 * alone knows the user, but ahead of the application.
 */
public final class RequestUserFilter implements WebFilter, Ordered {

	static final AttributeKey<String> USER = AttributeKey.valueOf("io.iodine.accesslog.user");

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!(ServerHttpRequestDecorator
			.getNativeRequest(exchange.getRequest()) instanceof HttpServerRequest request)) {
			return chain.filter(exchange);
		}
		return exchange.getPrincipal()
			.doOnNext((user) -> request
				.withConnection((connection) -> connection.channel().attr(USER).set(user.getName())))
			.then(Mono.defer(() -> chain.filter(exchange)));
	}

	/** Behind Spring Security, whose order is -100. */
	@Override
	public int getOrder() {
		return 0;
	}

}
