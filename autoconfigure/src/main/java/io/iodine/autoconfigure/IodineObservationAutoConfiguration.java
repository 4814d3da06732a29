package io.iodine.autoconfigure;

import io.iodine.metrics.MessageObservations;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configures observations of messages, if enabled. */
@AutoConfiguration(before = IodineConnectionAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(value = ObservationRegistry.class, name = "io.netty.channel.Channel")
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("iodine.observations.messages")
@EnableConfigurationProperties(ObservationProperties.class)
public final class IodineObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MessageObservations iodineMessageObservations(ObjectProvider<ObservationRegistry> registries) {
		ObservationRegistry registry = registries.getIfAvailable();
		if (registry == null) {
			throw new InvalidIodinePropertyException("iodine.observations.messages",
					"true without an ObservationRegistry",
					"false, or add the dependency org.springframework.boot:spring-boot-starter-actuator");
		}
		return new MessageObservations(registry);
	}

}
