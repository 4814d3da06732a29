package io.iodine.autoconfigure;

import io.iodine.accesslog.RequestId;
import io.micrometer.common.KeyValue;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Gives each request of WebFlux an id: in its attributes, its Reactor context, its
 * response, its line of the access log, and its observation.
 *
 * @param properties the name of the header
 */
record RequestIdFilter(RequestIdProperties properties) implements WebFilter, Ordered {

	/** The name of the id in a trace. */
	static final String KEY = "iodine.request.id";

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		String header = this.properties.header();
		String id = RequestId
			.of(this.properties.trusted() ? exchange.getRequest().getHeaders().getFirst(header) : null);
		exchange.getAttributes().put(RequestId.NAME, id);
		exchange.getResponse().getHeaders().set(header, id);
		if (ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest()) instanceof HttpServerRequest request) {
			RequestId.keep(request, id);
		}
		ServerRequestObservationContext.findCurrent(exchange.getAttributes())
			.ifPresent((observation) -> observation.addHighCardinalityKeyValue(KeyValue.of(KEY, id)));
		return chain.filter(exchange).contextWrite((context) -> context.put(RequestId.NAME, id));
	}

	/** Ahead of Spring Security, so that its answers have an id too. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 10;
	}

}
