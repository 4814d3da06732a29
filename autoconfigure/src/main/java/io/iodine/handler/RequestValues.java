package io.iodine.handler;

import java.lang.annotation.Annotation;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import io.iodine.UpgradeRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.util.StringValueResolver;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;

/**
 * Makes the arguments for {@link PathVariable}, {@link RequestParam},
 * {@link RequestHeader} and {@link CookieValue}.
 */
final class RequestValues implements RequestArgument.Factory {

	private final ConversionService conversions;

	private final StringValueResolver placeholders;

	private final Set<String> variables;

	/**
	 * Creates the factory.
	 * @param conversions converts values
	 * @param placeholders resolves what annotations say
	 * @param variables the variables that all path patterns of the handler have
	 */
	RequestValues(ConversionService conversions, StringValueResolver placeholders, Set<String> variables) {
		this.conversions = conversions;
		this.placeholders = placeholders;
		this.variables = variables;
	}

	@Override
	public @Nullable RequestArgument create(MethodParameter parameter) {
		PathVariable path = parameter.getParameterAnnotation(PathVariable.class);
		if (path != null) {
			return pathVariable(parameter, path);
		}
		RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
		if (query != null) {
			String name = name(parameter, query, query.name());
			return value(parameter, "query parameter", name, query.required(), query.defaultValue(),
					(request) -> request.queryParams().getOrDefault(name, List.of()));
		}
		RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
		if (header != null) {
			String name = name(parameter, header, header.name());
			return value(parameter, "header", name, header.required(), header.defaultValue(),
					(request) -> request.headers().getOrDefault(name, List.of()));
		}
		CookieValue cookie = parameter.getParameterAnnotation(CookieValue.class);
		if (cookie != null) {
			String name = name(parameter, cookie, cookie.name());
			return value(parameter, "cookie", name, cookie.required(), cookie.defaultValue(),
					(request) -> request.cookie(name).map(List::of).orElse(List.of()));
		}
		return null;
	}

	private RequestArgument pathVariable(MethodParameter parameter, PathVariable annotation) {
		String name = name(parameter, annotation, annotation.name());
		if (annotation.required() && !parameter.isOptional() && !this.variables.contains(name)) {
			throw new InvalidHandlerMethodException(
					HandlerMethod.describe(parameter) + " is the path variable '" + name
							+ "', which not every path of the handler has",
					"Name a variable of the path in @PathVariable, or add {" + name + "} to each path.");
		}
		return value(parameter, "path variable", name, annotation.required(), ValueConstants.DEFAULT_NONE,
				(request) -> request.pathVariable(name).map(List::of).orElse(List.of()));
	}

	private RequestArgument value(MethodParameter parameter, String kind, String name, boolean required,
			String defaultValue, Function<UpgradeRequest, List<String>> source) {
		MethodParameter nested = parameter.nestedIfOptional();
		TypeDescriptor type = new TypeDescriptor(nested);
		Class<?> raw = nested.getNestedParameterType();
		boolean many = raw.isArray() || Collection.class.isAssignableFrom(raw);
		boolean wrapped = parameter.getParameterType() == Optional.class;
		String fallback = ValueConstants.DEFAULT_NONE.equals(defaultValue) ? null
				: this.placeholders.resolveStringValue(defaultValue);
		if (!required && fallback == null && raw.isPrimitive()) {
			throw new InvalidHandlerMethodException(
					HandlerMethod.describe(parameter) + " may be missing, but is a primitive",
					"Give it a defaultValue, or a type that may be null.");
		}
		boolean optional = !required || parameter.isOptional();
		return (request) -> {
			List<String> given = source.apply(request);
			List<String> values = (given.isEmpty() && fallback != null) ? List.of(fallback) : given;
			Object value = values.isEmpty() ? null : convert(many ? values : values.get(0), type, kind, name);
			if (value == null && !optional) {
				throw new InvalidRequestException(
						"The " + kind + " '" + name + "' is " + (values.isEmpty() ? "missing" : "empty"));
			}
			return wrapped ? Optional.ofNullable(value) : value;
		};
	}

	private @Nullable Object convert(Object value, TypeDescriptor type, String kind, String name) {
		try {
			return this.conversions.convert(value, TypeDescriptor.forObject(value), type);
		}
		catch (ConversionException ex) {
			throw new InvalidRequestException("The " + kind + " '" + name + "' is not a valid "
					+ type.getType().getSimpleName().toLowerCase(Locale.ROOT));
		}
	}

	private String name(MethodParameter parameter, Annotation annotation, String given) {
		String name = given.isEmpty() ? parameter.getParameterName() : this.placeholders.resolveStringValue(given);
		if (name == null) {
			throw new InvalidHandlerMethodException(
					HandlerMethod.describe(parameter) + " has no name in the class file",
					"Name it in @" + annotation.annotationType().getSimpleName() + ", or compile with -parameters.");
		}
		return name;
	}

}
