package io.iodine.http;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/** Executes the decision of an {@code @UpgradeHandler} bean. */
public final class UpgradeHandlerAdapter implements HandlerAdapter {

	@Override
	public boolean supports(Object handler) {
		return handler instanceof UpgradeMapping.Answer;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		return ((UpgradeMapping.Answer) handler).writing().then(Mono.empty());
	}

}
