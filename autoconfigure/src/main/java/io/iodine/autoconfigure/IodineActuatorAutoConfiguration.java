package io.iodine.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.iodine.ConnectionRegistry;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.connection.Connections;
import io.iodine.http.UpgradeMapping;
import io.iodine.metrics.EndpointOperations;
import io.iodine.metrics.IodineEndpoint;
import io.iodine.net.Listeners;
import io.iodine.servlet.ServletUpgradeMapping;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.web.mappings.MappingsEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configures the actuator's endpoint {@code iodine}, once it is exposed, and lists
 * handlers at the endpoint {@code mappings}.
 */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Connections.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineActuatorProperties.class)
public final class IodineActuatorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	IodineEndpoint iodineEndpoint(Connections connections, ConnectionRegistry registry, PubSub pubSub,
			ObjectProvider<PubSubEngine> engines, ObjectProvider<Listeners> listeners, ConnectionDrain drain,
			IodineActuatorProperties properties) {
		EndpointOperations operations = properties.writeOperations()
				? new EndpointOperations(registry, pubSub, () -> drain.stop(() -> {
				})) : null;
		return new IodineEndpoint(connections, registry, pubSub, () -> names(pubSub, engines, listeners), operations);
	}

	/** The handlers of WebFlux among the mappings that the actuator lists. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ MappingsEndpoint.class, DispatcherHandler.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnAvailableEndpoint(MappingsEndpoint.class)
	static class WebFluxMappings {

		@Bean
		@ConditionalOnMissingBean
		UpgradeHandlerMappings iodineUpgradeHandlerMappings() {
			return new UpgradeHandlerMappings((context) -> context.getBeansOfType(UpgradeMapping.class)
				.values()
				.stream()
				.flatMap((mapping) -> mapping.routes().endpoints().stream())
				.toList());
		}

	}

	/** The handlers of Spring MVC among the mappings that the actuator lists. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ MappingsEndpoint.class, DispatcherServlet.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnAvailableEndpoint(MappingsEndpoint.class)
	static class ServletMappings {

		@Bean
		@ConditionalOnMissingBean
		UpgradeHandlerMappings iodineUpgradeHandlerMappings() {
			return new UpgradeHandlerMappings((context) -> context.getBeansOfType(ServletUpgradeMapping.class)
				.values()
				.stream()
				.flatMap((mapping) -> mapping.routes().endpoints().stream())
				.toList());
		}

	}

	private static Map<String, List<String>> names(PubSub pubSub, ObjectProvider<PubSubEngine> engines,
			ObjectProvider<Listeners> listeners) {
		List<String> attached = Stream
			.concat(Stream.of(pubSub.defaultEngine(), pubSub.localEngine()), engines.orderedStream())
			.map(String::valueOf)
			.distinct()
			.toList();
		List<String> listening = listeners.stream()
			.flatMap((all) -> all.active().stream())
			.map((listener) -> listener.url())
			.toList();
		return Map.of("engines", attached, "listeners", listening);
	}

}
