package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Answers a plain request to the path of a handler, which nothing else serves, with 426
 * instead of 404, and says how to connect (RFC 9110, section 15.5.22).
 */
final class UpgradeRequiredAnswer implements WebExceptionHandler, Ordered {

	private final ApplicationContext context;

	private final Supplier<List<String>> paths;

	UpgradeRequiredAnswer(ApplicationContext context, Supplier<List<String>> paths) {
		this.context = context;
		this.paths = paths;
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
		return this.paths.get()
			.stream()
			.map(PathPatternParser.defaultInstance::parse)
			.anyMatch((PathPattern pattern) -> pattern.matches(path));
	}

	private static Mono<Void> answer(ServerHttpResponse response, HttpMethod method) {
		byte[] text = """
				This path is for connections: open a WebSocket, as with new WebSocket(url), or an event stream where it is \
				served, as with new EventSource(url).
				"""
			.getBytes(StandardCharsets.UTF_8);
		response.getHeaders().set(HttpHeaders.UPGRADE, "websocket");
		response.getHeaders().set(HttpHeaders.CONNECTION, "Upgrade");
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		response.getHeaders().setContentLength(text.length);
		return method.equals(HttpMethod.HEAD) ? response.setComplete()
				: response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(text)));
	}

}
