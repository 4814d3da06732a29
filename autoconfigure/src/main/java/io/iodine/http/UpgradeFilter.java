package io.iodine.http;

import io.iodine.Upgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradePolicy;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * One of the first filters: gives those behind it the upgrade request, and carries out
 * the {@link Upgrade} that one of them, or a functional route, has left on the exchange.
 */
public final class UpgradeFilter implements WebFilter, Ordered {

	private final ApplicationContext context;

	private final UpgradeResponder answers;

	private final UpgradePolicy policy;

	private final SpringCors cors;

	UpgradeFilter(ApplicationContext context, UpgradeResponder answers, UpgradePolicy policy, SpringCors cors) {
		this.cors = cors;
		this.context = context;
		this.answers = answers;
		this.policy = policy;
	}

	/** Behind filters that change the request itself. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		// a management context of its own inherits this filter
		if (exchange.getApplicationContext() != this.context) {
			return chain.filter(exchange);
		}
		RequestSnapshot request = ExchangeSource.snapshot(exchange, this.cors);
		if (request.protocol().isEmpty()) {
			return chain.filter(exchange);
		}
		UpgradeAwareResponse response = new UpgradeAwareResponse(exchange);
		return chain.filter(exchange.mutate().response(response).build())
			.then(Mono.defer(response::completeIfAnswered))
			.doFinally((end) -> request.end());
	}

	/** Short, because the chain of filters makes a checkpoint of it for each request. */
	@Override
	public String toString() {
		return "UpgradeFilter";
	}

	/** A response whose completion asks whether an upgrade was answered. */
	private final class UpgradeAwareResponse extends ServerHttpResponseDecorator {

		private final ServerWebExchange exchange;

		UpgradeAwareResponse(ServerWebExchange exchange) {
			super(exchange.getResponse());
			this.exchange = exchange;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return Mono.defer(() -> {
				Upgrade answer = answer();
				return (answer == null) ? super.writeWith(body) : carryOut(answer, body);
			});
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return Mono.defer(() -> {
				Upgrade answer = answer();
				return (answer == null) ? super.writeAndFlushWith(body)
						: carryOut(answer, Flux.from(body).concatMap((part) -> part));
			});
		}

		@Override
		public Mono<Void> setComplete() {
			return Mono.defer(() -> {
				Upgrade answer = answer();
				return (answer == null) ? super.setComplete()
						: UpgradeFilter.this.answers.write(this.exchange, answer, UpgradeFilter.this.policy);
			});
		}

		/** For those who leave the response to be completed by the server. */
		Mono<Void> completeIfAnswered() {
			return (!isCommitted() && this.exchange.getAttribute(Upgrade.ATTRIBUTE) != null) ? setComplete()
					: Mono.empty();
		}

		/** Taken once, so that error handling may write what it likes. */
		private @Nullable Upgrade answer() {
			HttpStatusCode status = getStatusCode();
			if (status != null && status.value() >= HttpStatus.MULTIPLE_CHOICES.value()) {
				return null;
			}
			Object answer = this.exchange.getAttributes().remove(Upgrade.ATTRIBUTE);
			return (answer instanceof Upgrade upgrade && !(upgrade instanceof Upgrade.Decline)) ? upgrade : null;
		}

		/** The application's body does not travel. */
		private Mono<Void> carryOut(Upgrade answer, Publisher<? extends DataBuffer> body) {
			Flux.from(body).subscribe(DataBufferUtils::release, (ignored) -> {
			}).dispose();
			getHeaders().remove("Content-Length");
			getHeaders().remove("Content-Type");
			return UpgradeFilter.this.answers.write(this.exchange, answer, UpgradeFilter.this.policy);
		}

	}

}
