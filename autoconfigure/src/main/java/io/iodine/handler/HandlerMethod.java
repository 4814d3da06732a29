package io.iodine.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * An annotated method with its arguments, called through a method handle.
 *
 * @param method the method
 * @param handle calls it: an object and an array of arguments
 * @param arguments where its arguments come from
 * @param payload the payload that it wants; null when it wants none
 */
record HandlerMethod(Method method, MethodHandle handle, List<Argument> arguments, @Nullable Payload payload) {

	/**
	 * A payload that a method wants.
	 *
	 * @param type its type
	 * @param required whether it must not be missing
	 * @param validated whether it is validated
	 */
	record Payload(Type type, boolean required, boolean validated) {

		boolean isText() {
			return this.type == String.class;
		}

		boolean isBinary() {
			return this.type == byte[].class;
		}

	}

	static HandlerMethod of(Method method, Class<?> beanType, List<Argument> arguments, @Nullable Payload payload) {
		if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
			throw new InvalidHandlerMethodException("its method " + describe(method) + " is private or static",
					"Make it an instance method that is not private.");
		}
		try {
			Method invocable = AopUtils.selectInvocableMethod(method, beanType);
			invocable.setAccessible(true);
			MethodHandle handle = MethodHandles.lookup()
				.unreflect(invocable)
				.asSpreader(Object[].class, arguments.size())
				.asType(MethodType.methodType(Object.class, Object.class, Object[].class));
			return new HandlerMethod(method, handle, List.copyOf(arguments), payload);
		}
		catch (IllegalAccessException | IllegalStateException ex) {
			throw new InvalidHandlerMethodException(
					"its method " + describe(method) + " can't be called: " + ex.getMessage(),
					"Make the method public, or proxy the class itself (spring.aop.proxy-target-class).");
		}
	}

	@Nullable Object invoke(Object bean, Call call) throws Throwable {
		@Nullable Object[] values = new Object[this.arguments.size()];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.arguments.get(i).value(call);
		}
		return (Object) this.handle.invokeExact(bean, values);
	}

	/** Whether its result may come element by element. */
	boolean isReactive() {
		return ReactiveAdapterRegistry.getSharedInstance().getAdapter(this.method.getReturnType()) != null;
	}

	static String describe(Method method) {
		return method.getDeclaringClass().getSimpleName() + "." + method.getName();
	}

	static String describe(MethodParameter parameter) {
		Method method = parameter.getMethod();
		return "its parameter " + (parameter.getParameterIndex() + 1) + " of "
				+ ((method != null) ? describe(method) : "a constructor");
	}

}
