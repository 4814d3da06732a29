package io.iodine.handler;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.Validator;

/**
 * What the connections of one typed handler share.
 *
 * @param methods the methods
 * @param codec reads and writes JSON
 * @param errors finds error replies
 * @param validator validates payloads; null when none is
 * @param reserved what the reserved events need; null denies them
 * @param context the context in which publishers run
 * @param maxPending how many results of one connection may be awaited
 */
record TypedEndpoint(HandlerMethods methods, JsonCodec codec, StandardErrors errors, @Nullable Validator validator,
		@Nullable ReservedEvents reserved, PublisherContext context, int maxPending) {

	@Nullable Object checked(HandlerMethod.@Nullable Payload expected, @Nullable Object payload) {
		if (expected == null) {
			return null;
		}
		if (payload == null) {
			if (expected.required()) {
				throw new InvalidMessageException("Bad Request", "The data is missing");
			}
			return null;
		}
		if (expected.validated() && this.validator != null) {
			Errors found = new BeanPropertyBindingResult(payload, "data");
			this.validator.validate(payload, found);
			if (found.hasErrors()) {
				throw new InvalidMessageException("Validation failed", describe(found));
			}
		}
		return payload;
	}

	private static String describe(Errors errors) {
		return errors.getAllErrors()
			.stream()
			.map((error) -> ((error instanceof FieldError field) ? field.getField() + ": " : "")
					+ error.getDefaultMessage())
			.sorted()
			.collect(Collectors.joining("; "));
	}

}
