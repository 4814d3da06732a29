package io.iodine.http;

import io.iodine.upgrade.RequestSnapshot;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The last filter, which stores the principal of the request before the upgrade is
 * decided.
 */
public final class PrincipalFilter implements WebFilter, Ordered {

	PrincipalFilter() {
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		if (request == null || request.protocol().isEmpty()) {
			return chain.filter(exchange);
		}
		return exchange.getPrincipal().doOnNext(request::principal).then(Mono.defer(() -> chain.filter(exchange)));
	}

}
