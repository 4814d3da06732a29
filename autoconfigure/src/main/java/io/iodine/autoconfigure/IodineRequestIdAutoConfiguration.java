package io.iodine.autoconfigure;

import io.micrometer.context.ContextRegistry;
import jakarta.servlet.Filter;
import org.slf4j.MDC;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configures request ids, if enabled. */
@AutoConfiguration(before = IodineUpgradeAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("iodine.request-id.enabled")
@EnableConfigurationProperties(RequestIdProperties.class)
public final class IodineRequestIdAutoConfiguration {

	/** Ids in WebFlux. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DispatcherHandler.class, HttpServerRequest.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class WebFlux {

		@Bean
		@ConditionalOnMissingBean(name = "iodineRequestIdFilter")
		RequestIdFilter iodineRequestIdFilter(RequestIdProperties properties) {
			return new RequestIdFilter(properties);
		}

		@Bean
		@ConditionalOnClass(MDC.class)
		@ConditionalOnMissingBean(name = "iodineRequestIdScopes")
		HandshakeScopes iodineRequestIdScopes() {
			return new RequestIdScopes();
		}

	}

	/** Ids in the MDC of operators. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ContextRegistry.class, MDC.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class ContextPropagation {

		@Bean
		@Lazy(false)
		@ConditionalOnMissingBean(name = "iodineRequestIdAccessor")
		RequestIdAccessor iodineRequestIdAccessor() {
			return new RequestIdAccessor();
		}

	}

	/** Ids in Spring MVC. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DispatcherServlet.class, Filter.class, MDC.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class Mvc {

		@Bean
		@ConditionalOnMissingBean(name = "iodineServletRequestIdFilter")
		ServletRequestIdFilter iodineServletRequestIdFilter(RequestIdProperties properties) {
			return new ServletRequestIdFilter(properties);
		}

	}

}
