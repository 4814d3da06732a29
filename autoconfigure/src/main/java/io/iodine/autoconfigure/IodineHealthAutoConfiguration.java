package io.iodine.autoconfigure;

import io.iodine.connection.Connections;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configures the health indicator of connections. */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(Connections.class)
@ConditionalOnEnabledHealthIndicator("iodine")
public final class IodineHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "iodineHealthIndicator")
	HealthIndicator iodineHealthIndicator(Connections connections) {
		return () -> (connections.isDraining() ? Health.outOfService() : Health.up())
			.withDetail("connections", connections.count())
			.withDetail("subscriptions", connections.subscriptionCount())
			.withDetail("queuedBytes", connections.blockedBytes())
			.build();
	}

}
