package io.iodine.handler;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.iodine.Upgrader;
import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.ConversionService;
import org.springframework.util.StringValueResolver;
import org.springframework.validation.Validator;

/** Creates upgraders for beans with annotated methods. */
public final class TypedHandlers {

	private final JsonCodec codec;

	private final ConversionService conversions;

	private final StringValueResolver placeholders;

	private final @Nullable Validator validator;

	private final List<RequestArgument.Factory> arguments;

	private final StandardErrors errors;

	private final @Nullable ReservedEvents reserved;

	private final PublisherContext context;

	private final int maxPending;

	/**
	 * Creates the maker.
	 * @param codec reads and writes JSON
	 * @param conversions converts values of the request
	 * @param placeholders resolves what annotations say
	 * @param validator validates payloads; null when nothing can
	 * @param arguments make further arguments from the request
	 * @param errors know what to reply to exceptions
	 * @param reserved what the reserved events need; null denies them
	 * @param context the context in which publishers run
	 * @param maxPending how many results of one connection may be awaited
	 */
	public TypedHandlers(JsonCodec codec, ConversionService conversions, StringValueResolver placeholders,
			@Nullable Validator validator, List<RequestArgument.Factory> arguments, List<ErrorMapping> errors,
			@Nullable ReservedEvents reserved, PublisherContext context, int maxPending) {
		this.codec = codec;
		this.conversions = conversions;
		this.placeholders = placeholders;
		this.validator = validator;
		this.arguments = List.copyOf(arguments);
		this.errors = new StandardErrors(errors);
		this.reserved = reserved;
		this.context = context;
		this.maxPending = maxPending;
	}

	/**
	 * Whether a type has annotated methods.
	 * @param type the class of a bean
	 * @return whether it is a typed handler
	 */
	public static boolean supports(Class<?> type) {
		return HandlerMethods.areIn(type);
	}

	/**
	 * Makes an upgrader.
	 * @param type the class of the bean
	 * @param invokedType the class of its proxy, or the same
	 * @param variables the path variables that every path of the handler has
	 * @param bean finds the bean
	 * @return the upgrader
	 * @throws InvalidHandlerMethodException when a method can't be called
	 */
	public Upgrader upgrader(Class<?> type, Class<?> invokedType, Set<String> variables, Supplier<Object> bean) {
		List<RequestArgument.Factory> factories = new ArrayList<>(this.arguments);
		factories.add(new RequestValues(this.conversions, this.placeholders, variables));
		HandlerMethods methods = HandlerMethods.of(type, invokedType, factories, this.placeholders, this.codec);
		if (methods.validates() && this.validator == null) {
			throw new InvalidHandlerMethodException("its payloads are to be validated, for which there is no validator",
					"Add the dependency org.springframework.boot:spring-boot-starter-validation.");
		}
		return new TypedUpgrader(new TypedEndpoint(methods, this.codec, this.errors, this.validator, this.reserved,
				this.context, this.maxPending), bean);
	}

}
