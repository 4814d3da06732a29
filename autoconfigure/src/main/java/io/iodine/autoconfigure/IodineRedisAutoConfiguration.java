package io.iodine.autoconfigure;

import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.RedisCommands;
import io.iodine.autoconfigure.IodineProperties.Pubsub;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.PubSubObserver;
import io.iodine.pubsub.redis.RedisEngine;
import io.iodine.pubsub.redis.RedisPresence;
import io.iodine.pubsub.redis.RedisSettings;
import io.lettuce.core.RedisClient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Makes Redis the engine of pub/sub, over the connection settings of Boot. */
@AutoConfiguration(after = IodineAutoConfiguration.class, before = IodinePubSubAutoConfiguration.class,
		beforeName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnClass({ LettuceConnectionFactory.class, RedisClient.class, DataRedisConnectionDetails.class })
@Conditional(OnRedisEngine.class)
public final class IodineRedisAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PubSubEngine.class)
	RedisEngine iodineRedisEngine(IodineProperties properties, LettuceConnectionFactory factory, PubSub pubSub,
			ObjectProvider<PubSubObserver> observers, ApplicationEventPublisher events) {
		Pubsub.RedisEngine redis = properties.pubsub().redis();
		InvalidIodinePropertyException.unless(redis.partitions() == 0 || factory.isClusterAware(),
				"iodine.pubsub.redis.partitions", redis.partitions(),
				"0 unless spring.data.redis.cluster.nodes is set, for only a Redis Cluster has shards");
		InvalidIodinePropertyException.unless(redis.partitions() == 0 || pubSub instanceof ChannelPubSub,
				"iodine.pubsub.redis.partitions", redis.partitions(), "0 beside a PubSub bean of the application");
		RedisSettings settings = new RedisSettings(redis.prefix(), redis.whileDown(), redis.maxPending(),
				redis.maxPendingSize().toBytes(), redis.pingInterval(), redis.partitions());
		RedisEngine engine = RedisEngine.over(settings, properties.pubsub().history().settings(),
				factory::getRequiredNativeClient, pubSub, PubSubObserver.all(observers.orderedStream().toList()),
				events::publishEvent);
		if (pubSub instanceof ChannelPubSub channels) {
			channels.keepHistoryIn(engine);
			channels.keepPresenceIn(
					new RedisPresence(engine.commands(), redis.prefix(), properties.pubsub().presence().timeToLive()));
		}
		return engine;
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(RedisEngine.class)
	RedisEngineLifecycle iodineRedisEngineLifecycle(RedisEngine engine) {
		return new RedisEngineLifecycle(engine);
	}

	@Bean
	@ConditionalOnBean(RedisEngine.class)
	@ConditionalOnMissingBean
	RedisCommands iodineRedisCommands(RedisEngine engine) {
		return engine.commands();
	}

	/** Where Redis is, when {@code iodine.redis.url} says it. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("iodine.redis.url")
	static class ByUrl {

		private static final String[] PROPERTIES_OF_BOOT = { "url", "host", "port", "username", "password", "database",
				"sentinel.master", "sentinel.nodes", "cluster.nodes", "masterreplica.nodes" };

		@Bean
		@ConditionalOnMissingBean
		DataRedisConnectionDetails iodineRedisConnectionDetails(IodineProperties properties, Environment environment,
				ObjectProvider<SslBundles> bundles) {
			refuseConflicts(environment);
			RedisUrl url = RedisUrl.parse(String.valueOf(properties.redis().url()));
			return new RedisUrlConnectionDetails(url, url.tls() ? bundle(environment, bundles) : null);
		}

		private static SslBundle bundle(Environment environment, ObjectProvider<SslBundles> bundles) {
			String name = environment.getProperty("spring.data.redis.ssl.bundle");
			return (name != null) ? bundles.getObject().getBundle(name) : SslBundle.systemDefault();
		}

		private static void refuseConflicts(Environment environment) {
			Binder binder = Binder.get(environment);
			for (String property : PROPERTIES_OF_BOOT) {
				String name = "spring.data.redis." + property;
				if (binder.bind(name, Object.class).isBound()) {
					throw new ConflictingRedisPropertiesException(name);
				}
			}
		}

	}

}
