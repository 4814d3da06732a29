package io.iodine.http;

import java.util.Set;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Answers methods that {@code @UpgradeHandler} beans don't serve, as mappings of Spring's
 * do: OPTIONS with the methods that are served, and others with 405 (RFC 9110, section
 * 15.5.6). It stands behind the mappings of the application, so that a controller at the
 * same path serves what it likes.
 */
public final class UnsupportedMethodMapping extends AbstractHandlerMapping {

	private final UpgradeMapping handlers;

	UnsupportedMethodMapping(UpgradeMapping handlers) {
		this.handlers = handlers;
		// just ahead of static resources, which know only GET and HEAD
		setOrder(Ordered.LOWEST_PRECEDENCE - 2);
	}

	/** Costs a request that another mapping may serve next to nothing. */
	@Override
	public Mono<Object> getHandler(ServerWebExchange exchange) {
		HttpMethod method = exchange.getRequest().getMethod();
		return (HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method)
				|| exchange.getApplicationContext() != obtainApplicationContext()) ? Mono.empty()
						: super.getHandler(exchange);
	}

	@Override
	protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
		HttpMethod method = exchange.getRequest().getMethod();
		Set<HttpMethod> served = this.handlers.routes()
			.methods(exchange.getRequest().getPath().pathWithinApplication());
		if (served.isEmpty()) {
			return Mono.empty();
		}
		return HttpMethod.OPTIONS.equals(method) ? Mono.just(new UpgradeMapping.Answer(options(exchange, served)))
				: Mono.error(new MethodNotAllowedException(method, served));
	}

	private static Mono<Void> options(ServerWebExchange exchange, Set<HttpMethod> served) {
		return Mono.defer(() -> {
			exchange.getResponse().getHeaders().setAllow(served);
			return exchange.getResponse().setComplete();
		});
	}

}
