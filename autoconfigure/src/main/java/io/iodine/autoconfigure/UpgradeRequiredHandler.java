package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

import io.iodine.Upgrade;
import io.iodine.upgrade.UpgradeNegotiator;
import io.iodine.upgrade.UpgradeRoutes;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Answers a plain request to the path of a WebSocket handler, which nothing else serves,
 * with 426 instead of 404, and says how to connect (RFC 9110, section 15.5.22).
 */
final class UpgradeRequiredHandler implements WebExceptionHandler, Ordered {

	private final ApplicationContext context;

	private final Supplier<List<UpgradeRoutes>> routes;

	UpgradeRequiredHandler(ApplicationContext context, Supplier<List<UpgradeRoutes>> routes) {
		this.context = context;
		this.routes = routes;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		HttpMethod method = exchange.getRequest().getMethod();
		boolean isPlain = failure instanceof NoResourceFoundException
				&& (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD));
		// a management server on a port of its own serves no handlers
		boolean isOwn = this.context.equals(exchange.getApplicationContext());
		if (!isPlain || !isOwn || !isServed(exchange.getRequest().getPath().pathWithinApplication())
				|| !exchange.getResponse().setStatusCode(HttpStatus.UPGRADE_REQUIRED)) {
			return Mono.error(failure);
		}
		return answer(exchange.getResponse(), method);
	}

	/** Ahead of Boot's own, which is -1. */
	@Override
	public int getOrder() {
		return -2;
	}

	private boolean isServed(PathContainer path) {
		return this.routes.get().stream().anyMatch((handlers) -> handlers.requiresUpgrade(path));
	}

	private static Mono<Void> answer(ServerHttpResponse response, HttpMethod method) {
		Upgrade.Reject required = UpgradeNegotiator.upgradeRequired();
		byte[] text = required.body().getBytes(StandardCharsets.UTF_8);
		required.headers().forEach((header) -> response.getHeaders().set(header.name(), header.value()));
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		response.getHeaders().setContentLength(text.length);
		return method.equals(HttpMethod.HEAD) ? response.setComplete()
				: response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(text)));
	}

}
