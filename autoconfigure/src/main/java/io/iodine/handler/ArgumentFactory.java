package io.iodine.handler;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.UpgradeRequest;
import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.handler.HandlerMethod.Payload;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.SynthesizingMethodParameter;

/** Finds where the arguments of annotated methods come from, and checks that they may. */
final class ArgumentFactory {

	private final ParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

	private final Class<?> beanType;

	private final List<RequestArgument.Factory> factories;

	private final List<RequestArgument> requestArguments = new ArrayList<>();

	ArgumentFactory(Class<?> beanType, List<RequestArgument.Factory> factories) {
		this.beanType = beanType;
		this.factories = factories;
	}

	/** The arguments that come from the request, by slot. */
	List<RequestArgument> requestArguments() {
		return List.copyOf(this.requestArguments);
	}

	HandlerMethod create(Method method, Class<? extends Annotation> kind, Class<?> invokedType) {
		List<Argument> arguments = new ArrayList<>();
		Payload payload = null;
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new SynthesizingMethodParameter(method, i);
			parameter.initParameterNameDiscovery(this.names);
			parameter = parameter.withContainingClass(this.beanType);
			Argument argument = known(parameter, kind);
			if (argument == null) {
				payload = payload(parameter, kind, payload);
				boolean wrapped = parameter.getParameterType() == Optional.class;
				argument = wrapped ? (call) -> Optional.ofNullable(call.payload()) : Call::payload;
			}
			arguments.add(argument);
		}
		return HandlerMethod.of(method, invokedType, arguments, payload);
	}

	private @Nullable Argument known(MethodParameter parameter, Class<? extends Annotation> kind) {
		for (RequestArgument.Factory factory : this.factories) {
			RequestArgument argument = factory.create(parameter);
			if (argument != null) {
				return slot(argument);
			}
		}
		Class<?> type = parameter.getParameterType();
		if (type == Connection.class) {
			return Call::client;
		}
		if (type == UpgradeRequest.class) {
			return slot((request) -> request);
		}
		if (Principal.class.isAssignableFrom(type)) {
			return slot((request) -> request.principal().filter(type::isInstance).orElse(null));
		}
		if (type == Optional.class && Principal.class.isAssignableFrom(parameter.nested().getNestedParameterType())) {
			return slot(UpgradeRequest::principal);
		}
		if (type == Message.class) {
			return only(parameter, kind == OnMessage.class, "@OnMessage", Call::requiredMessage);
		}
		if (type == CloseReason.class) {
			return only(parameter, kind == OnClose.class, "@OnClose", Call::closeReason);
		}
		if (Throwable.class.isAssignableFrom(type)) {
			return only(parameter, kind == OnError.class, "@OnError", Call::error);
		}
		return null;
	}

	private Argument slot(RequestArgument argument) {
		int slot = this.requestArguments.size();
		this.requestArguments.add(argument);
		return (call) -> call.request()[slot];
	}

	private static Argument only(MethodParameter parameter, boolean allowed, String where, Argument argument) {
		if (!allowed) {
			throw new InvalidHandlerMethodException(HandlerMethod.describe(parameter) + " is a "
					+ parameter.getParameterType().getSimpleName() + ", which only an " + where + " method may have",
					"Remove the parameter.");
		}
		return argument;
	}

	private Payload payload(MethodParameter parameter, Class<? extends Annotation> kind, @Nullable Payload other) {
		if (kind != OnMessage.class) {
			throw new InvalidHandlerMethodException(
					HandlerMethod.describe(parameter) + " is of no type that an @" + kind.getSimpleName()
							+ " method may have: " + parameter.getParameterType().getName(),
					"Annotate it with @PathVariable, @RequestParam, @RequestHeader or @CookieValue, or remove it.");
		}
		if (other != null) {
			throw new InvalidHandlerMethodException(HandlerMethod.describe(parameter) + " is a second payload",
					"Leave one parameter for the payload, and annotate or remove the others.");
		}
		boolean validated = false;
		for (Annotation annotation : parameter.getParameterAnnotations()) {
			validated |= annotation.annotationType().getSimpleName().startsWith("Valid");
		}
		MethodParameter nested = parameter.nestedIfOptional();
		return new Payload(GenericTypeResolver.resolveType(nested.getNestedGenericParameterType(), this.beanType),
				!parameter.isOptional(), validated);
	}

}
