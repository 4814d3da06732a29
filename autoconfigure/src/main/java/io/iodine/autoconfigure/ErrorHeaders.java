package io.iodine.autoconfigure;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Adds the header fields of an exception to the error response, which Boot's error
 * handler leaves out: a 405 must say what is allowed (RFC 9110, section 15.5.6).
 */
final class ErrorHeaders implements WebExceptionHandler, Ordered {

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		if (failure instanceof ErrorResponse error && !exchange.getResponse().isCommitted()) {
			exchange.getResponse().getHeaders().putAll(error.getHeaders());
		}
		return Mono.error(failure);
	}

	/** Ahead of Boot's own handler, which is -1. */
	@Override
	public int getOrder() {
		return -3;
	}

}
