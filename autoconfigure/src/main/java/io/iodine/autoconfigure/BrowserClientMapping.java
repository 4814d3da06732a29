package io.iodine.autoconfigure;

import java.util.Set;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Maps the paths of the browser client in WebFlux. A mapping of its own compares a string
 * for each other request; a bean of {@link RouterFunction} would make Spring's mapping
 * evaluate functions for all of them.
 */
final class BrowserClientMapping extends RouterFunctionMapping {

	private final Set<String> paths;

	BrowserClientMapping(RouterFunction<?> client, IodineBrowserClientProperties properties) {
		super(client);
		this.paths = Set.of(properties.path(), properties.typesPath());
		// where Spring's mapping of router functions is, ahead of controllers
		setOrder(-1);
	}

	@Override
	public Mono<Object> getHandler(ServerWebExchange exchange) {
		return this.paths.contains(exchange.getRequest().getPath().pathWithinApplication().value())
				&& exchange.getApplicationContext() == obtainApplicationContext() ? super.getHandler(exchange)
						: Mono.empty();
	}

}
