package io.iodine.autoconfigure;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/** A {@code @Subscribe} method that can't be called, which fails start-up. */
final class InvalidSubscribeMethodException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	InvalidSubscribeMethodException(String bean, Method method, String problem, String action,
			@Nullable Throwable cause) {
		super("The @Subscribe method " + method.toGenericString() + " of bean '" + bean + "' " + problem, cause);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
