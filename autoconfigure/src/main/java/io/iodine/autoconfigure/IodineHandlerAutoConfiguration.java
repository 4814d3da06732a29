package io.iodine.autoconfigure;

import java.util.Objects;

import io.iodine.ChannelAuthorizer;
import io.iodine.PubSub;
import io.iodine.handler.ErrorMapping;
import io.iodine.handler.JacksonCodec;
import io.iodine.handler.JsonCodec;
import io.iodine.handler.MissingCodec;
import io.iodine.handler.PublisherContext;
import io.iodine.handler.RequestArgument;
import io.iodine.handler.ReservedEvents;
import io.iodine.handler.TypedHandlers;
import io.iodine.upgrade.EndpointAdapter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.ConversionService;
import org.springframework.validation.Validator;
import org.springframework.web.bind.annotation.PathVariable;

/**
 * Auto-configures typed handlers: {@code @UpgradeHandler} beans with annotated methods.
 */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class)
@ConditionalOnClass({ PathVariable.class, EndpointAdapter.class })
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineHandlerProperties.class)
public final class IodineHandlerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TypedHandlers iodineTypedHandlers(ConfigurableListableBeanFactory beans, ObjectProvider<JsonCodec> codecs,
			ObjectProvider<RequestArgument.Factory> arguments, ObjectProvider<ErrorMapping> errors, PubSub pubSub,
			ObjectProvider<ChannelAuthorizer> authorizers, ObjectProvider<PublisherContext> contexts,
			IodineHandlerProperties properties) {
		ChannelAuthorizer authorizer = authorizers.getIfAvailable();
		return new TypedHandlers(codecs.getIfAvailable(MissingCodec::new), conversions(beans),
				(value) -> Objects.requireNonNull(beans.resolveEmbeddedValue(value)),
				beans.containsBean("defaultValidator") ? beans.getBean("defaultValidator", Validator.class) : null,
				arguments.orderedStream().toList(), errors.orderedStream().toList(),
				(authorizer != null) ? new ReservedEvents(pubSub, authorizer, properties.maxSubscriptions()) : null,
				contexts.getIfAvailable(() -> PublisherContext.NONE), properties.maxPendingResults());
	}

	@Bean
	AnnotatedEndpoints iodineAnnotatedEndpoints(ConfigurableListableBeanFactory beans, TypedHandlers handlers) {
		return new AnnotatedEndpoints(beans, handlers);
	}

	/** That of the web framework, which has the application's converters. */
	private static ConversionService conversions(ConfigurableListableBeanFactory beans) {
		for (String name : new String[] { "webFluxConversionService", "mvcConversionService" }) {
			if (beans.containsBean(name)) {
				return beans.getBean(name, ConversionService.class);
			}
		}
		return ApplicationConversionService.getSharedInstance();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	@EnableConfigurationProperties(JsonProperties.class)
	static class WithJackson {

		@Bean
		@ConditionalOnMissingBean
		JsonCodec iodineJsonCodec(ObjectProvider<JsonMapper> mappers, JsonProperties properties) {
			JsonMapper mapper = mappers.getIfAvailable();
			return (mapper != null) ? new JacksonCodec(LenientJson.of(mapper, properties)) : new MissingCodec();
		}

	}

}
