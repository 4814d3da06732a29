package io.iodine.upgrade;

import java.util.Optional;
import java.util.Set;

import io.iodine.Upgrader;

/**
 * Serves {@code @UpgradeHandler} beans that are neither a {@code ConnectionHandler} nor
 * an {@code Upgrader}.
 */
@FunctionalInterface
public interface EndpointAdapter {

	/**
	 * Makes an upgrader of a bean, without making the bean.
	 * @param beanName the name of the bean
	 * @param type its class, not that of its proxy
	 * @param variables the path variables that each of its paths has
	 * @return the upgrader; empty when the bean is of another kind
	 * @throws InvalidUpgradeHandlerException when the bean is of this kind, but wrong
	 */
	Optional<Upgrader> adapt(String beanName, Class<?> type, Set<String> variables);

}
