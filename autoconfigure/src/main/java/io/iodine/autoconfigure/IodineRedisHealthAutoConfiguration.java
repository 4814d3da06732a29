package io.iodine.autoconfigure;

import io.iodine.PubSubEngine;
import io.iodine.pubsub.redis.RedisEngine;
import io.iodine.pubsub.redis.RedisStatus;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configures the health indicator of the Redis engine. */
@AutoConfiguration(after = IodineRedisAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(name = "iodineRedisEngine")
@ConditionalOnEnabledHealthIndicator("iodine-redis")
public final class IodineRedisHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "iodineRedisHealthIndicator")
	HealthIndicator iodineRedisHealthIndicator(@Qualifier("iodineRedisEngine") PubSubEngine engine) {
		return () -> {
			if (!(engine instanceof RedisEngine redis)) {
				return Health.unknown().withDetail("detail", "Redis is not the engine of pub/sub").build();
			}
			RedisStatus status = redis.status();
			String rejection = status.rejection();
			return (status.up() && rejection == null ? Health.up() : Health.down()).withDetail("since", status.since())
				.withDetail("detail", (rejection != null) ? rejection : status.detail())
				.build();
		};
	}

}
