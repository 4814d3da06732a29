package io.iodine.http;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

import io.iodine.UpgradeRequest;
import io.iodine.upgrade.RequestSnapshot;
import io.iodine.upgrade.RequestedProtocol;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The exchange that a snapshot of a request is copied from.
 *
 * @param exchange the exchange
 * @param springCors what Spring says about its origin
 */
record ExchangeSource(ServerWebExchange exchange, SpringCors springCors) implements RequestSnapshot.Source {

	/** Makes the snapshot of an exchange, and leaves it there. */
	static RequestSnapshot snapshot(ServerWebExchange exchange, SpringCors cors) {
		ServerHttpRequest request = exchange.getRequest();
		RequestSnapshot snapshot = new RequestSnapshot(new ExchangeSource(exchange, cors),
				RequestedProtocol.of(request, ExtendedConnect.made(request)));
		exchange.getAttributes().put(UpgradeRequest.ATTRIBUTE, snapshot);
		return snapshot;
	}

	/**
	 * The snapshot of an exchange that has come through the {@link UpgradeFilter}.
	 * @param exchange the exchange
	 * @return the snapshot; null when the exchange belongs to another context
	 */
	static @Nullable RequestSnapshot existing(ServerWebExchange exchange) {
		return (exchange.getAttribute(UpgradeRequest.ATTRIBUTE) instanceof RequestSnapshot snapshot) ? snapshot : null;
	}

	/**
	 * Stores the principal of an exchange in its snapshot.
	 * @param exchange the exchange as the application sees it, with Spring Security's
	 * principal
	 */
	static Mono<Void> storePrincipal(ServerWebExchange exchange) {
		RequestSnapshot snapshot = existing(exchange);
		return (snapshot != null) ? exchange.getPrincipal().doOnNext(snapshot::principal).then() : Mono.empty();
	}

	@Override
	public HttpRequest request() {
		return this.exchange.getRequest();
	}

	@Override
	public String path() {
		return this.exchange.getRequest().getPath().pathWithinApplication().value();
	}

	@Override
	public @Nullable InetSocketAddress remoteAddress() {
		return this.exchange.getRequest().getRemoteAddress();
	}

	@Override
	public Map<String, Object> attributes() {
		return this.exchange.getAttributes();
	}

	@Override
	public @Nullable String matchedPattern() {
		Object pattern = this.exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		return (pattern instanceof PathPattern matched) ? matched.getPatternString() : null;
	}

	@Override
	public List<CorsConfiguration> cors() {
		return this.springCors.of(this.exchange);
	}

	@Override
	public boolean isExtendedConnect() {
		return ExtendedConnect.made(this.exchange.getRequest());
	}

}
