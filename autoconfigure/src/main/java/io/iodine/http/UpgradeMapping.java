package io.iodine.http;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeEndpoint;
import io.iodine.upgrade.UpgradeEndpoints;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradePolicy;
import io.iodine.upgrade.UpgradeRoutes;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Maps upgradeable requests to {@code @UpgradeHandler} beans, ahead of the application's
 * own mappings. The bean is asked here, so that a request it declines goes on to them.
 */
public final class UpgradeMapping extends AbstractHandlerMapping {

	private static final int ORDER = -10;

	private final UpgradeResponder answers;

	private final Scheduler callbacks;

	private final UpgradePolicy defaults;

	private final PathPatternParser parser;

	private UpgradeRoutes routes = UpgradeRoutes.NONE;

	UpgradeMapping(UpgradeResponder answers, Scheduler callbacks, UpgradePolicy defaults, PathPatternParser parser) {
		this.parser = parser;
		this.answers = answers;
		this.callbacks = callbacks;
		this.defaults = defaults;
		setOrder(ORDER);
	}

	/**
	 * The routes to handlers.
	 * @return the routes, known once the mapping is initialized
	 */
	public UpgradeRoutes routes() {
		return this.routes;
	}

	@Override
	protected void initApplicationContext() {
		super.initApplicationContext();
		this.routes = new UpgradeEndpoints(obtainApplicationContext(), this.parser, this.defaults).find();
	}

	/**
	 * Stores the principal, of which the filters of Spring Security have decided, before
	 * an upgrade is. A request that asks for none goes on at once.
	 */
	@Override
	public Mono<Object> getHandler(ServerWebExchange exchange) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		if (request == null || exchange.getApplicationContext() != obtainApplicationContext()) {
			return Mono.empty();
		}
		if (!request.protocols().isEmpty()) {
			return ExchangeSource.storePrincipal(exchange).then(Mono.defer(() -> super.getHandler(exchange)));
		}
		return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? super.getHandler(exchange) : Mono.empty();
	}

	@Override
	protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		if (request == null) {
			return Mono.empty();
		}
		PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
		if (CorsUtils.isPreFlightRequest(exchange.getRequest())) {
			return Mono.justOrEmpty(preflight(exchange.getRequest(), request, path));
		}
		UpgradeEndpoint endpoint = this.routes.choose(request, exchange.getRequest().getMethod(), path);
		return (endpoint != null) ? answer(exchange, request, endpoint, path) : Mono.empty();
	}

	/**
	 * The request before a fetch of an event stream, which carries credentials in a
	 * header for instance. One from an origin that may not connect is left to the
	 * application.
	 */
	private @Nullable Preflight preflight(ServerHttpRequest request, RequestSnapshot snapshot, PathContainer path) {
		UpgradeEndpoint endpoint = this.routes.find(Protocol.SSE, path);
		snapshot.choose(Protocol.SSE);
		boolean allowed = endpoint != null && UpgradeNegotiator.isAllowed(request, snapshot, endpoint.policy());
		snapshot.choose(null);
		return allowed ? new Preflight(Objects.requireNonNull(request.getHeaders().getOrigin()),
				this.answers.allowsCredentials()) : null;
	}

	private Mono<Answer> answer(ServerWebExchange exchange, RequestSnapshot request, UpgradeEndpoint endpoint,
			PathContainer path) {
		match(exchange, endpoint.pattern());
		Optional<RejectedUpgrade> rejection = this.answers.negotiator()
			.rejection(exchange.getRequest(), request, endpoint.policy());
		if (rejection.isPresent()) {
			return Mono.just(new Answer(this.answers.reject(exchange, rejection.get())));
		}
		request.pathPattern(endpoint.pattern());
		PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
		if (match != null) {
			request.pathVariables(match.getUriVariables());
		}
		AtomicBoolean begun = new AtomicBoolean();
		Mono<Upgrade> asked = Mono.fromCallable(() -> {
			begun.set(true);
			return endpoint.ask(request);
		});
		return (endpoint.policy().nonBlocking() ? asked : asked.subscribeOn(this.callbacks))
			.flatMap(this.answers::decided)
			.filter((upgrade) -> isAnswer(exchange, request, upgrade))
			.map((upgrade) -> new Answer(this.answers.write(exchange, upgrade, endpoint.policy())))
			.onErrorResume(RejectedExecutionException.class, (rejected) -> begun.get() ? Mono.error(rejected) : Mono
				.fromSupplier(() -> new Answer(this.answers.reject(exchange, this.answers.negotiator().noThread()))));
	}

	private static boolean isAnswer(ServerWebExchange exchange, RequestSnapshot request, Upgrade upgrade) {
		if (upgrade instanceof Upgrade.Decline) {
			request.releasePermit();
			request.choose(null);
			match(exchange, null);
			return false;
		}
		return true;
	}

	/** Names the pattern to filters and observations, as mappings of Spring's do. */
	private static void match(ServerWebExchange exchange, @Nullable PathPattern pattern) {
		if (pattern != null) {
			exchange.getAttributes().put(BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
		}
		else {
			exchange.getAttributes().remove(BEST_MATCHING_PATTERN_ATTRIBUTE);
		}
		ServerRequestObservationContext.findCurrent(exchange.getAttributes())
			.ifPresent(
					(observation) -> observation.setPathPattern((pattern != null) ? pattern.getPatternString() : null));
	}

	/**
	 * Allows an event stream to a page of another origin.
	 *
	 * @param origin the origin
	 * @param credentials whether the page may send cookies
	 */
	private record Preflight(String origin, boolean credentials) implements CorsConfigurationSource {

		@Override
		public CorsConfiguration getCorsConfiguration(ServerWebExchange exchange) {
			CorsConfiguration configuration = new CorsConfiguration();
			configuration.setAllowedOrigins(List.of(this.origin));
			configuration.setAllowedMethods(List.of(HttpMethod.GET.name(), HttpMethod.HEAD.name()));
			configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
			configuration.setAllowCredentials(this.credentials);
			return configuration;
		}

	}

	/**
	 * What a bean answered.
	 *
	 * @param writing carries it out
	 */
	record Answer(Mono<Void> writing) {

	}

}
