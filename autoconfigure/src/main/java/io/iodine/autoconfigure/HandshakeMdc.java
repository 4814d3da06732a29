package io.iodine.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import io.iodine.UpgradeRequest;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Keeps the MDC that the application's filters have set for a handshake: they run on the
 * event loop, but the handshake may be decided on another thread.
 */
final class HandshakeMdc implements WebFilter, Ordered {

	private static final String KEY = HandshakeMdc.class.getName();

	/**
	 * The MDC of a handshake.
	 * @param context the context of the handshake
	 * @return the entries, on the thread of the handshake and on that of its filters
	 */
	static Map<String, String> of(ContextView context) {
		Map<String, String> entries = new HashMap<>(
				Objects.requireNonNull(context.<Map<String, String>>getOrDefault(KEY, Map.of())));
		entries.putAll(current());
		return entries;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Map<String, String> entries = current();
		if (entries.isEmpty() || !mayUpgrade(exchange)) {
			return chain.filter(exchange);
		}
		return chain.filter(exchange).contextWrite((context) -> context.put(KEY, entries));
	}

	/** Behind all other filters. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static boolean mayUpgrade(ServerWebExchange exchange) {
		return exchange.getAttribute(UpgradeRequest.ATTRIBUTE) instanceof UpgradeRequest request
				&& request.protocol().isPresent();
	}

	private static Map<String, String> current() {
		Map<String, String> entries = MDC.getCopyOfContextMap();
		return (entries != null) ? entries : Map.of();
	}

}
