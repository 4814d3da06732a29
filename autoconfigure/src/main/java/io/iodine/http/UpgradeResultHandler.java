package io.iodine.http;

import java.util.Optional;

import io.iodine.Upgrade;
import io.iodine.upgrade.UpgradePolicy;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Takes an {@link Upgrade}, or a {@code Mono} of one, as the result of a controller
 * method, ahead of those who would write it as a body.
 */
public final class UpgradeResultHandler implements HandlerResultHandler, Ordered {

	private final UpgradeResponder answers;

	private final ReactiveAdapterRegistry adapters;

	private final UpgradePolicy policy;

	/** Whether a value of this class is neither an upgrade nor may become one. */
	private final ClassValue<Boolean> plain = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return type != Optional.class && !Upgrade.class.isAssignableFrom(type)
					&& UpgradeResultHandler.this.adapters.getAdapter(type) == null;
		}

	};

	UpgradeResultHandler(UpgradeResponder answers, ReactiveAdapterRegistry adapters, UpgradePolicy policy) {
		this.answers = answers;
		this.adapters = adapters;
		this.policy = policy;
	}

	@Override
	public int getOrder() {
		return -1;
	}

	@Override
	public boolean supports(HandlerResult result) {
		Object value = result.getReturnValue();
		if (value != null && this.plain.get(value.getClass())) {
			return false;
		}
		ResolvableType type = result.getReturnType();
		ReactiveAdapter adapter = adapter(result);
		if (adapter != null && !adapter.isMultiValue()) {
			type = type.getGeneric();
		}
		return Upgrade.class.isAssignableFrom(type.toClass()) || value instanceof Upgrade;
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		ReactiveAdapter adapter = adapter(result);
		Object value = result.getReturnValue();
		if (adapter == null) {
			return write(exchange, value);
		}
		Publisher<Object> later = adapter.toPublisher(value);
		return Mono.from(later)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((answer) -> write(exchange, answer.orElse(null)));
	}

	private Mono<Void> write(ServerWebExchange exchange, @Nullable Object value) {
		if (!(value instanceof Upgrade answer)) {
			return exchange.getResponse().setComplete();
		}
		// a mapping of the application's may come before ours
		return ExchangeSource.storePrincipal(exchange)
			.then(Mono.defer(() -> this.answers.write(exchange, answer, this.policy)));
	}

	private @Nullable ReactiveAdapter adapter(HandlerResult result) {
		return this.adapters.getAdapter(result.getReturnType().resolve(), result.getReturnValue());
	}

}
