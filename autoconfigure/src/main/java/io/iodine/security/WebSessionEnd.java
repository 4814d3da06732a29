package io.iodine.security;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.iodine.UpgradeRequest;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.Ordered;
import org.springframework.security.web.server.context.WebSessionServerSecurityContextRepository;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionIdResolver;

/**
 * Notices that a {@code WebSession} with connections has ended: by a request that
 * invalidates it or takes its security context away, such as a logout, and in memory by
 * its age. WebFlux itself does not tell.
 */
public final class WebSessionEnd implements WebFilter, Ordered, AutoCloseable {

	private static final String SECURITY_CONTEXT = WebSessionServerSecurityContextRepository.DEFAULT_SPRING_SECURITY_CONTEXT_ATTR_NAME;

	private static final String IN_MEMORY = InMemoryWebSessionStore.class.getName() + "$";

	private final SessionConnections connections;

	private final WebSessionIdResolver ids;

	private final Disposable sweep;

	/**
	 * Creates the filter.
	 * @param connections the connections of each session
	 * @param ids finds the ids of a request
	 * @param interval the time after which sessions in memory are looked at again
	 */
	public WebSessionEnd(SessionConnections connections, WebSessionIdResolver ids, Duration interval) {
		this.connections = connections;
		this.ids = ids;
		this.sweep = Schedulers.parallel()
			.schedulePeriodically(connections::sweep, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** Ahead of Spring Security, so that it sees what a logout leaves. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 10;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (this.connections.isEmpty()) {
			return chain.filter(exchange);
		}
		List<String> named = this.ids.resolveSessionIds(exchange);
		return named.stream().noneMatch(this.connections::hasAny) ? chain.filter(exchange)
				: exchange.getSession().flatMap((session) -> filter(exchange, chain, session, named));
	}

	/**
	 * Compares the session of the exchange with itself, because a request may name
	 * several: its connections must not pass to another session, which may outlive it.
	 */
	private Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain, WebSession session,
			List<String> named) {
		String id = session.getId();
		if (!named.contains(id) && !session.isStarted()) {
			// a new one, because none of those named exists
			named.stream().filter(this.connections::hasAny).forEach(this.connections::ended);
		}
		if (!this.connections.hasAny(id)) {
			return chain.filter(exchange);
		}
		Mono<Void> compared = Mono.fromRunnable(() -> compare(id, session));
		return chain.filter(exchange).onErrorResume((failure) -> compared.then(Mono.error(failure))).then(compared);
	}

	private void compare(String known, WebSession session) {
		boolean loggedOut = this.connections.find(known).filter(BoundSession::authenticated).isPresent()
				&& session.getAttribute(SECURITY_CONTEXT) == null;
		if (session.isExpired() || loggedOut) {
			this.connections.ended(known);
		}
		else if (!session.getId().equals(known)) {
			this.connections.renamed(known, session.getId());
		}
	}

	@Override
	public void close() {
		this.sweep.dispose();
	}

	/**
	 * Binds a handshake to its session, if it has one.
	 * @param request the request
	 * @param session the session
	 */
	static void bind(UpgradeRequest request, WebSession session) {
		if (session.isStarted()) {
			boolean inMemory = session.getClass().getName().startsWith(IN_MEMORY);
			SessionConnections.bind(request, new BoundSession(session.getId(),
					session.getAttribute(SECURITY_CONTEXT) != null, () -> !inMemory || !session.isExpired()));
		}
	}

}
