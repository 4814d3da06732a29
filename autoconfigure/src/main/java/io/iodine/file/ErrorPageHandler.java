package io.iodine.file;

import java.util.List;

import io.netty.handler.codec.http.HttpMethod;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Puts the public root's page for a status, such as {@code 404.html}, in the place of the
 * application's answer to an error, for clients that take HTML. The error itself goes on
 * to the application's handlers, which log it and decide on the status.
 */
public final class ErrorPageHandler implements WebExceptionHandler, Ordered {

	private static final String NAME = "iodine.error-page";

	private final StaticFiles files;

	/**
	 * Creates the handler.
	 * @param files the files
	 */
	public ErrorPageHandler(StaticFiles files) {
		this.files = files;
	}

	/** Ahead of Boot's, whose order is -1. */
	@Override
	public int getOrder() {
		return -2;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
		if (exchange.getResponse().isCommitted() || !takesHtml(exchange)) {
			return Mono.error(error);
		}
		int status = status(error);
		return Mono.fromFuture(() -> this.files.hasErrorPage(status)).onErrorReturn(false).flatMap((found) -> {
			if (found) {
				replaceAnswer(exchange, status);
			}
			return Mono.error(error);
		});
	}

	private void replaceAnswer(ServerWebExchange exchange, int expected) {
		Object response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
		if (response instanceof HttpServerResponse answer && ServerHttpRequestDecorator
			.getNativeRequest(exchange.getRequest()) instanceof HttpServerRequest request) {
			HttpMethod method = request.method();
			ResponseBodyReplacer page = new ResponseBodyReplacer(this.files,
					(status, given) -> (status.code() == expected) ? this.files.prepareError(method, status) : null);
			answer.withConnection((connection) -> connection.addHandlerLast(NAME, page));
		}
	}

	private static boolean takesHtml(ServerWebExchange exchange) {
		try {
			List<MediaType> accepted = exchange.getRequest().getHeaders().getAccept();
			return accepted.stream()
				.anyMatch((type) -> !type.isWildcardType() && type.getQualityValue() > 0
						&& type.includes(MediaType.TEXT_HTML));
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	private static int status(Throwable error) {
		if (error instanceof ErrorResponse response) {
			return response.getStatusCode().value();
		}
		ResponseStatus annotation = AnnotatedElementUtils.findMergedAnnotation(error.getClass(), ResponseStatus.class);
		return ((annotation != null) ? annotation.code() : HttpStatus.INTERNAL_SERVER_ERROR).value();
	}

}
