package io.iodine.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Set;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Subscribe;
import io.iodine.annotation.OnClose;
import io.iodine.annotation.OnDrained;
import io.iodine.annotation.OnError;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;
import io.iodine.annotation.OnShutdown;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Registers hints for a native image: methods of handlers and subscribers called by
 * reflection, and types read from messages.
 */
final class HandlerMethodHints implements BeanRegistrationAotProcessor {

	private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(Subscribe.class, OnOpen.class,
			OnMessage.class, OnDrained.class, OnShutdown.class, OnClose.class, OnError.class);

	private static final List<Class<?>> NO_JSON = List.of(String.class, byte[].class, Message.class, Connection.class);

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Class<?> type = bean.getBeanClass();
		Set<Method> methods = MethodIntrospector.selectMethods(type, HandlerMethodHints::isCalled);
		boolean isHandler = ConnectionHandler.class.isAssignableFrom(type);
		return (methods.isEmpty() && !isHandler) ? null : (generation, code) -> {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			if (isHandler) {
				hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
			}
			methods.forEach((method) -> register(hints, method));
		};
	}

	private static boolean isCalled(Method method) {
		return ANNOTATIONS.stream().anyMatch((annotation) -> AnnotatedElementUtils.hasAnnotation(method, annotation));
	}

	private static void register(ReflectionHints hints, Method method) {
		hints.registerMethod(method, ExecutableMode.INVOKE);
		BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
		for (Parameter parameter : method.getParameters()) {
			if (!NO_JSON.contains(parameter.getType())) {
				binding.registerReflectionHints(hints, parameter.getParameterizedType());
			}
		}
		if (method.getReturnType() != void.class) {
			binding.registerReflectionHints(hints, method.getGenericReturnType());
		}
	}

}
