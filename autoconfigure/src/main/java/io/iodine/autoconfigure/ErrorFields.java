package io.iodine.autoconfigure;

import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Boot's attributes of an error. Gives the answer besides the header fields that the
 * exception asks for, which Boot's own error handler leaves out: a 405 must say what is
 * allowed (RFC 9110 section 15.5.6).
 */
final class ErrorFields extends DefaultErrorAttributes {

	@Override
	public void storeErrorInformation(Throwable error, ServerWebExchange exchange) {
		super.storeErrorInformation(error, exchange);
		if (error instanceof ErrorResponse answer) {
			exchange.getResponse().getHeaders().putAll(answer.getHeaders());
		}
	}

}
