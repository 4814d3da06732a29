package io.iodine.http;

import java.util.List;
import java.util.Optional;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeEndpoint;
import io.iodine.upgrade.UpgradeEndpoints;
import io.iodine.upgrade.UpgradePolicy;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.http.server.PathContainer;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Maps upgradeable requests to {@code @UpgradeHandler} beans, ahead of the application's
 * own mappings. The bean is asked here, so that a request it declines goes on to them.
 */
public final class UpgradeMapping extends AbstractHandlerMapping {

	private static final int ORDER = -10;

	private final UpgradeResponder answers;

	private final Scheduler callbacks;

	private final UpgradePolicy defaults;

	private List<UpgradeEndpoint> endpoints = List.of();

	UpgradeMapping(UpgradeResponder answers, Scheduler callbacks, UpgradePolicy defaults) {
		this.answers = answers;
		this.callbacks = callbacks;
		this.defaults = defaults;
		setOrder(ORDER);
	}

	/**
	 * The paths served.
	 * @return the patterns, the most specific first
	 */
	public List<String> paths() {
		return UpgradeEndpoint.paths(this.endpoints);
	}

	@Override
	protected void initApplicationContext() {
		super.initApplicationContext();
		this.endpoints = new UpgradeEndpoints(obtainApplicationContext(), getPathPatternParser(), this.defaults).find();
	}

	@Override
	protected Mono<Answer> getHandlerInternal(ServerWebExchange exchange) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		Protocol protocol = (request != null) ? request.protocol().orElse(null) : null;
		if (request == null || protocol == null || exchange.getApplicationContext() != obtainApplicationContext()) {
			return Mono.empty();
		}
		PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
		UpgradeEndpoint endpoint = find(protocol, path);
		return (endpoint != null) ? answer(exchange, request, endpoint, path) : Mono.empty();
	}

	private @Nullable UpgradeEndpoint find(Protocol protocol, PathContainer path) {
		for (UpgradeEndpoint endpoint : this.endpoints) {
			if (endpoint.matches(protocol, path)) {
				return endpoint;
			}
		}
		return null;
	}

	private Mono<Answer> answer(ServerWebExchange exchange, RequestSnapshot request, UpgradeEndpoint endpoint,
			PathContainer path) {
		Optional<RejectedUpgrade> refusal = this.answers.negotiator()
			.rejection(exchange.getRequest(), request, endpoint.terms());
		if (refusal.isPresent()) {
			return Mono.just(new Answer(this.answers.refuse(exchange, refusal.get())));
		}
		request.pathPattern(endpoint.pattern());
		PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
		if (match != null) {
			request.pathVariables(match.getUriVariables());
		}
		Mono<Upgrade> asked = Mono.fromCallable(() -> endpoint.ask(request));
		return (endpoint.terms().nonBlocking() ? asked : asked.subscribeOn(this.callbacks))
			.flatMap(this.answers::decided)
			.filter((upgrade) -> isAnswer(request, upgrade))
			.map((upgrade) -> new Answer(this.answers.write(exchange, upgrade, endpoint.terms())));
	}

	private static boolean isAnswer(RequestSnapshot request, Upgrade upgrade) {
		if (upgrade instanceof Upgrade.Decline) {
			request.releasePermit();
			return false;
		}
		return true;
	}

	/**
	 * What a bean answered.
	 *
	 * @param writing carries it out
	 */
	record Answer(Mono<Void> writing) {

	}

}
