package io.iodine.http;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.upgrade.RejectedUpgrade;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.UpgradeEndpoint;
import io.iodine.upgrade.UpgradeEndpoints;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradePolicy;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
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

	private List<UpgradeEndpoint> endpoints = List.of();

	UpgradeMapping(UpgradeResponder answers, Scheduler callbacks, UpgradePolicy defaults, PathPatternParser parser) {
		this.parser = parser;
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
		this.endpoints = new UpgradeEndpoints(obtainApplicationContext(), this.parser, this.defaults).find();
	}

	@Override
	protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
		RequestSnapshot request = ExchangeSource.existing(exchange);
		if (request == null || exchange.getApplicationContext() != obtainApplicationContext()) {
			return Mono.empty();
		}
		PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
		if (CorsUtils.isPreFlightRequest(exchange.getRequest())) {
			return Mono.justOrEmpty(preflight(exchange.getRequest(), request, path));
		}
		for (Protocol protocol : request.protocols()) {
			UpgradeEndpoint endpoint = isServed(protocol, exchange.getRequest()) ? find(protocol, path) : null;
			if (endpoint != null) {
				request.choose(protocol);
				return answer(exchange, request, endpoint, path);
			}
		}
		return Mono.empty();
	}

	/** Handlers serve event streams to GET and HEAD, as a mapping of Spring's would. */
	private static boolean isServed(Protocol protocol, ServerHttpRequest request) {
		return protocol != Protocol.SSE || HttpMethod.GET.equals(request.getMethod())
				|| HttpMethod.HEAD.equals(request.getMethod());
	}

	/**
	 * The request before a fetch of an event stream, which carries credentials in a
	 * header for instance. One from an origin that may not connect is left to the
	 * application.
	 */
	private @Nullable Preflight preflight(ServerHttpRequest request, RequestSnapshot snapshot, PathContainer path) {
		UpgradeEndpoint endpoint = find(Protocol.SSE, path);
		snapshot.choose(Protocol.SSE);
		boolean allowed = endpoint != null && UpgradeNegotiator.isAllowed(request, snapshot, endpoint.terms());
		snapshot.choose(null);
		return allowed ? new Preflight(Objects.requireNonNull(request.getHeaders().getOrigin()),
				this.answers.allowsCredentials()) : null;
	}

	/**
	 * The methods that handlers serve at a path.
	 * @param path the path within the application
	 * @return the methods; empty when no handler serves the path
	 */
	Set<HttpMethod> methods(PathContainer path) {
		if (find(Protocol.SSE, path) != null) {
			return Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
		}
		boolean upgrades = find(Protocol.WEBSOCKET, path) != null || find(Protocol.RAW, path) != null;
		return upgrades ? Set.of(HttpMethod.GET, HttpMethod.OPTIONS) : Set.of();
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
		exchange.getAttributes().put(BEST_MATCHING_PATTERN_ATTRIBUTE, endpoint.pattern());
		PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
		if (match != null) {
			request.pathVariables(match.getUriVariables());
		}
		Mono<Upgrade> asked = Mono.fromCallable(() -> endpoint.ask(request));
		return (endpoint.terms().nonBlocking() ? asked : asked.subscribeOn(this.callbacks))
			.flatMap(this.answers::decided)
			.filter((upgrade) -> isAnswer(exchange, request, upgrade))
			.map((upgrade) -> new Answer(this.answers.write(exchange, upgrade, endpoint.terms())));
	}

	private static boolean isAnswer(ServerWebExchange exchange, RequestSnapshot request, Upgrade upgrade) {
		if (upgrade instanceof Upgrade.Decline) {
			request.releasePermit();
			request.choose(null);
			exchange.getAttributes().remove(BEST_MATCHING_PATTERN_ATTRIBUTE);
			return false;
		}
		return true;
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
