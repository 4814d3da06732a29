package io.iodine.autoconfigure;

import java.util.Arrays;
import java.util.Optional;

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

	/** Whether a value of this class may always be written. */
	private final ClassValue<Boolean> written = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return type != Optional.class
					&& Arrays.stream(TYPES).noneMatch((unserved) -> unserved.isAssignableFrom(type))
					&& UnservedResultHandler.this.adapters.getAdapter(type) == null;
		}

	};

	UnservedResultHandler(ReactiveAdapterRegistry adapters) {
		this.adapters = adapters;
	}

	@Override
	public int getOrder() {
		return 90;
	}

	@Override
	public boolean supports(HandlerResult result) {
		Object value = result.getReturnValue();
		if (value != null && this.written.get(value.getClass())) {
			return false;
		}
		ResolvableType type = result.getReturnType();
		ReactiveAdapter adapter = this.adapters.getAdapter(type.resolve(), value);
		Class<?> answer = ((adapter != null) ? type.getGeneric() : type).toClass();
		for (Class<?> unserved : TYPES) {
			if (unserved.isAssignableFrom(answer) || unserved.isInstance(value)) {
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
