package io.iodine.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.connection.DrainBatches;
import io.iodine.connection.DrainListener;
import io.iodine.connection.DrainSettings;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Ends the event streams that the application itself serves, such as a {@code Flux} of
 * server-sent events, between two events when the server drains. They would keep a
 * graceful shutdown waiting until its time is over otherwise.
 */
public final class EventStreamDrainFilter implements WebFilter, DrainListener, Ordered {

	private final Set<Sinks.Empty<Void>> open = ConcurrentHashMap.newKeySet();

	/** Null unless the server drains. */
	private volatile @Nullable DrainSettings drain;

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return chain.filter(exchange.mutate().response(new DrainableResponse(exchange)).build());
	}

	/** Short, because the chain of filters makes a checkpoint of it for each request. */
	@Override
	public String toString() {
		return "EventStreamDrainFilter";
	}

	/**
	 * Ends all streams, in batches, and those that begin later at once.
	 * @param settings how many at a time, and when clients should come back
	 */
	@Override
	public void end(DrainSettings settings) {
		this.drain = settings;
		DrainBatches.start(List.copyOf(this.open), settings, Sinks.Empty::tryEmitEmpty,
				() -> settings.equals(this.drain));
	}

	/** Lets streams go on, in a context that was started again. */
	@Override
	public void accept() {
		this.drain = null;
	}

	private Sinks.Empty<Void> begin() {
		Sinks.Empty<Void> end = Sinks.empty();
		this.open.add(end);
		if (this.drain != null) {
			end.tryEmitEmpty();
		}
		return end;
	}

	/** A response whose event stream ends when the server drains. */
	private final class DrainableResponse extends ServerHttpResponseDecorator {

		DrainableResponse(ServerWebExchange exchange) {
			super(exchange.getResponse());
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			MediaType type = getHeaders().getContentType();
			if (type == null || !type.isCompatibleWith(MediaType.TEXT_EVENT_STREAM)) {
				return super.writeAndFlushWith(body);
			}
			return Mono.defer(() -> {
				Sinks.Empty<Void> end = begin();
				return super.writeAndFlushWith(Flux.<Publisher<? extends DataBuffer>>from(body)
					.takeUntilOther(end.asMono())
					.concatWith(retryField())).doFinally((signal) -> EventStreamDrainFilter.this.open.remove(end));
			});
		}

		private Flux<Publisher<? extends DataBuffer>> retryField() {
			return Flux.defer(() -> {
				DrainSettings settings = EventStreamDrainFilter.this.drain;
				int retry = (settings != null) ? settings.retryMillis() : 0;
				return (retry == 0) ? Flux.empty() : Flux.just(Mono.fromSupplier(
						() -> bufferFactory().wrap(("retry: " + retry + "\n\n").getBytes(StandardCharsets.US_ASCII))));
			});
		}

	}

}
