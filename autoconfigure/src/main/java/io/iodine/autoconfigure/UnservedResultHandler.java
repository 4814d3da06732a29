package io.iodine.autoconfigure;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Fails a controller method that returns an {@code Upgrade} or {@code SendFile} which no
 * server can serve. It is ordered between their handlers and the handler of response
 * bodies.
 */
final class UnservedResultHandler implements HandlerResultHandler, Ordered {

	private static final Class<?>[] TYPES = UnservedResult.types();

	private final ReactiveAdapterRegistry adapters;

	UnservedResultHandler(ReactiveAdapterRegistry adapters) {
		this.adapters = adapters;
	}

	@Override
	public int getOrder() {
		return 90;
	}

	@Override
	public boolean supports(HandlerResult result) {
		ResolvableType type = result.getReturnType();
		ReactiveAdapter adapter = this.adapters.getAdapter(type.resolve(), result.getReturnValue());
		Class<?> answer = ((adapter != null) ? type.getGeneric() : type).toClass();
		for (Class<?> unserved : TYPES) {
			if (unserved.isAssignableFrom(answer) || unserved.isInstance(result.getReturnValue())) {
				return true;
			}
		}
		return false;
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		Object value = result.getReturnValue();
		ResolvableType type = result.getReturnType();
		ReactiveAdapter adapter = this.adapters.getAdapter(type.resolve(), value);
		Class<?> answer = ((adapter != null) ? type.getGeneric() : type).toClass();
		Class<?> told = (adapter == null && value != null) ? value.getClass() : answer;
		return Mono.error(new IllegalStateException(UnservedResult.message(told)));
	}

}
