package io.iodine.autoconfigure;

import io.iodine.SendFile;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;

/** Lets a controller method return a {@link SendFile}, now or later. */
final class SendFileResultHandler implements HandlerResultHandler, Ordered {

	private final ReactiveAdapterRegistry adapters = ReactiveAdapterRegistry.getSharedInstance();

	/** Ahead of the handler of response bodies, which would take it for JSON. */
	@Override
	public int getOrder() {
		return 50;
	}

	@Override
	public boolean supports(HandlerResult result) {
		ResolvableType type = result.getReturnType();
		if (SendFile.class.isAssignableFrom(type.toClass())) {
			return true;
		}
		ReactiveAdapter adapter = this.adapters.getAdapter(type.toClass());
		return adapter != null && !adapter.isMultiValue() && !adapter.isNoValue()
				&& SendFile.class.isAssignableFrom(type.getGeneric().toClass());
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		Object value = result.getReturnValue();
		if (value == null) {
			return Mono.empty();
		}
		ReactiveAdapter adapter = this.adapters.getAdapter(null, value);
		Mono<SendFile> file = (adapter != null) ? Mono.from(adapter.toPublisher(value)) : Mono.just((SendFile) value);
		return file.doOnNext((send) -> exchange.getResponse().getHeaders().set(SendFile.HEADER, send.path().toString()))
			.then(Mono.defer(exchange.getResponse()::setComplete));
	}

}
