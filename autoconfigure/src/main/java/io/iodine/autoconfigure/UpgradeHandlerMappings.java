package io.iodine.autoconfigure;

import java.util.List;
import java.util.function.Function;

import io.iodine.Protocol;
import io.iodine.upgrade.UpgradeEndpoint;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.web.mappings.MappingDescriptionProvider;
import org.springframework.context.ApplicationContext;

/**
 * Describes {@code @UpgradeHandler} beans at the actuator's endpoint {@code mappings}.
 */
final class UpgradeHandlerMappings implements MappingDescriptionProvider {

	private final Function<ApplicationContext, List<UpgradeEndpoint>> endpoints;

	UpgradeHandlerMappings(Function<ApplicationContext, List<UpgradeEndpoint>> endpoints) {
		this.endpoints = endpoints;
	}

	@Override
	public String getMappingName() {
		return "upgradeHandlers";
	}

	@Override
	public List<Description> describeMappings(ApplicationContext context) {
		return this.endpoints.apply(context).stream().map(UpgradeHandlerMappings::describe).toList();
	}

	private static Description describe(UpgradeEndpoint endpoint) {
		Class<?> type = endpoint.beans().getType(endpoint.beanName(), false);
		return new Description(endpoint.pattern().getPatternString(), endpoint.protocols().stream().sorted().toList(),
				endpoint.beanName(), (type != null) ? type.getName() : null);
	}

	/**
	 * One path of a handler.
	 *
	 * @param path the pattern
	 * @param protocols what is served there
	 * @param bean the name of the bean
	 * @param handler its class; null when it is unknown before the bean is created
	 */
	record Description(String path, List<Protocol> protocols, String bean, @Nullable String handler) {

	}

}
