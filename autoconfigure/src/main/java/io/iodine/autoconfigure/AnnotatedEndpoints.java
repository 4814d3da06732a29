package io.iodine.autoconfigure;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import io.iodine.Upgrader;
import io.iodine.handler.InvalidHandlerMethodException;
import io.iodine.handler.TypedHandlers;
import io.iodine.upgrade.EndpointAdapter;
import io.iodine.upgrade.InvalidUpgradeHandlerException;

import org.springframework.beans.factory.BeanFactory;

/** Adapts {@code @UpgradeHandler} beans with annotated methods. */
final class AnnotatedEndpoints implements EndpointAdapter {

	private final BeanFactory beans;

	private final TypedHandlers handlers;

	AnnotatedEndpoints(BeanFactory beans, TypedHandlers handlers) {
		this.beans = beans;
		this.handlers = handlers;
	}

	@Override
	public Optional<Upgrader> adapt(String beanName, Class<?> type, Set<String> variables) {
		if (!TypedHandlers.supports(type)) {
			return Optional.empty();
		}
		Class<?> invokedType = Objects.requireNonNullElse(this.beans.getType(beanName, false), type);
		try {
			return Optional
				.of(this.handlers.upgrader(type, invokedType, variables, () -> this.beans.getBean(beanName)));
		}
		catch (InvalidHandlerMethodException ex) {
			throw new InvalidUpgradeHandlerException(beanName, String.valueOf(ex.getMessage()), ex.action());
		}
	}

}
