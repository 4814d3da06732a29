package io.iodine.http;

import java.util.Map;

import io.iodine.UpgradeRequest;
import io.iodine.upgrade.RequestSnapshot;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

/** Gives controller methods their {@link UpgradeRequest} argument. */
public final class UpgradeRequestArgument implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == UpgradeRequest.class;
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext bindingContext,
			ServerWebExchange exchange) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		if (request == null) {
			return Mono.error(new IllegalStateException("the exchange has not passed iodine's UpgradeFilter"));
		}
		request
			.pathVariables(exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of()));
		return Mono.just(request);
	}

}
