package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.HistoryCustomizer;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.autoconfigure.PubSubProperties.Engine;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Auto-configures pub/sub, with or without a web server. */
@AutoConfiguration(after = IodineAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodinePubSubAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	HistorySettings iodineHistorySettings(IodineProperties properties, ObjectProvider<HistoryCustomizer> customizers) {
		return properties.pubsub().history().settings().customized(customizers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean(PubSub.class)
	ChannelPubSub iodinePubSub(IodineProperties properties, HistorySettings histories, JsonWriter json,
			@Qualifier("iodineCallbackExecutor") Executor callbacks, ObjectProvider<PubSubObserver> observers) {
		PubSubProperties pubsub = properties.pubsub();
		PubSubLimits limits = new PubSubLimits(pubsub.maxChannelLength(), pubsub.listener().maxPending(),
				(int) pubsub.maxMessageSize().toBytes());
		return new ChannelPubSub(limits, histories, pubsub.presence().settings(), callbacks, json,
				PubSubObserver.all(observers.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnMissingBean(PubSubEngine.class)
	PubSubEngine iodineLocalEngine(PubSub pubSub, IodineProperties properties, Environment environment) {
		Engine engine = properties.pubsub().engine();
		InvalidIodinePropertyException.unless(engine != Engine.REDIS, "iodine.pubsub.engine", "redis",
				"local, or add the dependency org.springframework.boot:spring-boot-starter-data-redis");
		InvalidIodinePropertyException.unless(engine == Engine.LOCAL || OnRedisEngine.url(environment) == null,
				"iodine.redis.url", "set without the Redis library",
				"nothing, or add the dependency org.springframework.boot:spring-boot-starter-data-redis");
		return pubSub.localEngine();
	}

	@Bean
	@Lazy(false)
	EngineAttachment iodineEngineAttachment(PubSub pubSub, ObjectProvider<PubSubEngine> engines) {
		return new EngineAttachment(pubSub, engines);
	}

	@Bean
	@Lazy(false)
	SubscribeMethods iodineSubscribeMethods(ConfigurableListableBeanFactory beans, PubSub pubSub, JsonReader json) {
		return new SubscribeMethods(beans, pubSub, json);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	@EnableConfigurationProperties(JsonProperties.class)
	static class WithJackson {

		@Bean
		@ConditionalOnMissingBean
		JsonWriter iodineJsonWriter(ObjectProvider<JsonMapper> mappers) {
			JsonMapper mapper = mappers.getIfAvailable();
			return (mapper != null) ? mapper::writeValueAsBytes : JsonWriter.MISSING;
		}

		@Bean
		@Lazy(false)
		MessageJson iodineMessageJson(ObjectProvider<JsonMapper> mappers) {
			return new MessageJson(mappers);
		}

		@Bean
		@ConditionalOnMissingBean
		JsonReader iodineJsonReader(ObjectProvider<JsonMapper> mappers, JsonProperties properties) {
			JsonMapper application = mappers.getIfAvailable();
			if (application == null) {
				return JsonReader.MISSING;
			}
			JsonMapper mapper = LenientJson.of(application, properties);
			return (json, type) -> mapper.readValue(json, mapper.constructType(type));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("tools.jackson.databind.json.JsonMapper")
	static class WithoutJackson {

		@Bean
		@ConditionalOnMissingBean
		JsonWriter iodineJsonWriter() {
			return JsonWriter.MISSING;
		}

		@Bean
		@ConditionalOnMissingBean
		JsonReader iodineJsonReader() {
			return JsonReader.MISSING;
		}

	}

}
