package io.iodine.file;

import java.util.concurrent.CompletableFuture;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.Logger;
import reactor.util.Loggers;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Sends the file that a response names in {@code X-Sendfile} (a path) or
 * {@code X-Accel-Redirect} (a path of a URI) in the place of its body, whichever
 * component wrote the response.
 */
public final class SendFileFilter implements WebFilter, Ordered {

	private static final Logger log = Loggers.getLogger(SendFileFilter.class);

	private final StaticFiles files;

	/**
	 * A filter over these files.
	 * @param files the files, with a root for what responses name
	 */
	public SendFileFilter(StaticFiles files) {
		this.files = files;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.files.hasNamed()) {
			return chain.filter(exchange);
		}
		Object response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
		if (ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest()) instanceof HttpServerRequest request
				&& response instanceof HttpServerResponse nettyResponse) {
			HttpMethod method = request.method();
			HttpHeaders headers = request.requestHeaders();
			ResponseBodyReplacer transmission = new ResponseBodyReplacer(this.files,
					(status, given) -> inPlaceOf(status, given, method, headers));
			nettyResponse
				.withConnection((connection) -> connection.addHandlerLast(ResponseBodyReplacer.NAME, transmission));
		}
		return chain.filter(exchange);
	}

	/** Short, because the chain of filters makes a checkpoint of it for each request. */
	@Override
	public String toString() {
		return "SendFileFilter";
	}

	private @Nullable CompletableFuture<PreparedResponse> inPlaceOf(HttpResponseStatus status, HttpHeaders given,
			HttpMethod method, HttpHeaders request) {
		SendFileName name = SendFileName.take(given);
		if (name == null) {
			return null;
		}
		return this.files
			.prepareNamed(name, method, (found) -> SendFileResponder.of(found, status, given, method, request))
			.whenComplete((prepared, failure) -> {
				// clients may choose the name, so this is no warning
				if (log.isDebugEnabled() && prepared != null
						&& prepared.answer().status().equals(HttpResponseStatus.NOT_FOUND)) {
					log.debug("A response named the file '{}', but the root of named files has none of this name",
							name.value());
				}
			});
	}

}
