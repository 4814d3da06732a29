package io.iodine.autoconfigure;

import java.util.concurrent.CompletableFuture;

import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.RedisCommands;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PubSubObserver;
import io.iodine.pubsub.redis.RedisEngine;
import io.iodine.pubsub.redis.RedisSettings;
import io.lettuce.core.RedisClient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
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

	/**
	 * Whether Redis is the engine is asked again here: an application processed ahead of
	 * time has this bean whatever the properties were then.
	 */
	@Bean
	@ConditionalOnMissingBean(PubSubEngine.class)
	PubSubEngine iodineRedisEngine(Environment environment, IodineProperties properties,
			ObjectProvider<LettuceConnectionFactory> factories, ObjectProvider<DataRedisConnectionDetails> details,
			HistorySettings histories, PubSub pubSub, ObjectProvider<PubSubObserver> observers,
			ApplicationEventPublisher events) {
		if (!OnRedisEngine.isChosen(environment)) {
			return pubSub.localEngine();
		}
		LettuceConnectionFactory factory = RedisConnectionCheck.checked(environment, factories, details);
		PubSubProperties.RedisEngine redis = properties.pubsub().redis();
		InvalidIodinePropertyException.unless(redis.partitions() == 0 || factory.isClusterAware(),
				"iodine.pubsub.redis.partitions", redis.partitions(),
				"0 unless spring.data.redis.cluster.nodes is set, for only a Redis Cluster has shards");
		InvalidIodinePropertyException.unless(redis.partitions() == 0 || pubSub instanceof ChannelPubSub,
				"iodine.pubsub.redis.partitions", redis.partitions(), "0 beside a PubSub bean of the application");
		RedisSettings settings = new RedisSettings(redis.prefix(), redis.whileDown(), redis.maxPending(),
				redis.maxPendingSize().toBytes(), redis.pingInterval(), redis.partitions());
		RedisEngine engine = RedisEngine.over(settings, histories, factory::getRequiredNativeClient,
				RedisConnectionCheck.address(factory), pubSub, PubSubObserver.all(observers.orderedStream().toList()),
				events::publishEvent);
		if (pubSub instanceof ChannelPubSub channels) {
			channels.keepHistoryIn(engine);
			channels.keepPresenceIn(engine.presence(properties.pubsub().presence().timeToLive()));
		}
		return engine;
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(name = "iodineRedisEngine")
	RedisEngineLifecycle iodineRedisEngineLifecycle(@Qualifier("iodineRedisEngine") PubSubEngine engine) {
		return new RedisEngineLifecycle(engine);
	}

	@Bean
	@ConditionalOnBean(name = "iodineRedisEngine")
	@ConditionalOnMissingBean
	RedisCommands iodineRedisCommands(@Qualifier("iodineRedisEngine") PubSubEngine engine) {
		return (engine instanceof RedisEngine redis) ? redis.commands()
				: (name, args) -> CompletableFuture.failedFuture(new IllegalStateException(
						"Redis is not the engine of pub/sub: set iodine.redis.url, or iodine.pubsub.engine=redis"));
	}

	@Bean
	static RedisUrlPostProcessor iodineRedisUrlPostProcessor(Environment environment,
			ObjectProvider<SslBundles> bundles) {
		return new RedisUrlPostProcessor(environment, bundles);
	}

}
