package io.iodine.handler;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * Finds the reply for an exception: by the mappings of the application, by Spring's
 * {@link ErrorResponse} and by {@link ResponseStatus}.
 */
final class StandardErrors {

	private final List<ErrorMapping> mappings;

	StandardErrors(List<ErrorMapping> mappings) {
		this.mappings = List.copyOf(mappings);
	}

	ErrorReply reply(Throwable error) {
		if (error instanceof InvalidMessageException invalid) {
			return invalid.reply();
		}
		for (ErrorMapping mapping : this.mappings) {
			ErrorReply reply = mapping.map(error);
			if (reply != null) {
				return reply;
			}
		}
		ErrorReply reply = (error instanceof ErrorResponse response) ? reply(response) : annotated(error.getClass());
		return (reply != null) ? reply : ErrorReply.INTERNAL;
	}

	private static ErrorReply reply(ErrorResponse response) {
		String title = response.getBody().getTitle();
		int status = response.getStatusCode().value();
		return new ErrorReply(status, (title != null) ? title : title(status), response.getBody().getDetail());
	}

	private static @Nullable ErrorReply annotated(Class<?> type) {
		ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(type, ResponseStatus.class);
		return (status != null) ? new ErrorReply(status.code().value(), status.code().getReasonPhrase(),
				status.reason().isEmpty() ? null : status.reason()) : null;
	}

	private static String title(int status) {
		HttpStatus known = HttpStatus.resolve(status);
		return (known != null) ? known.getReasonPhrase() : "Error";
	}

}
