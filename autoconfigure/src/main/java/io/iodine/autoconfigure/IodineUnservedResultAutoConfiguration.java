package io.iodine.autoconfigure;

import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * Auto-configures the error for an {@code Upgrade} or {@code SendFile} that no server can
 * serve, which would be written as JSON otherwise: in a test slice, and when iodine or
 * its files are disabled.
 */
@AutoConfiguration(beforeName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
public final class IodineUnservedResultAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class WithJackson {

		@Bean
		@ConditionalOnMissingBean(name = "iodineUnservedResultModule")
		JacksonModule iodineUnservedResultModule() {
			return UnservedResultModule.create();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherHandler.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class WithWebFlux {

		@Bean
		@ConditionalOnMissingBean(name = "iodineUnservedResultHandler")
		UnservedResultHandler iodineUnservedResultHandler() {
			return new UnservedResultHandler(ReactiveAdapterRegistry.getSharedInstance());
		}

	}

}
