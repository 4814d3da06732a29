package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configures the path at which browsers load {@code iodine.js}. */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@Conditional(IodineBrowserClientAutoConfiguration.OnPath.class)
@EnableConfigurationProperties(IodineBrowserClientProperties.class)
public final class IodineBrowserClientAutoConfiguration {

	private static final Resource CLIENT = new ClassPathResource("io/iodine/browser/iodine.js");

	private static final Resource TYPES = new ClassPathResource("io/iodine/browser/iodine.d.ts");

	private static final MediaType JAVASCRIPT = new MediaType("text", "javascript", StandardCharsets.UTF_8);

	private static final CacheControl CACHING = CacheControl.maxAge(Duration.ofHours(1));

	/**
	 * Whether there is a path. An expression in an annotation would load SpEL for it,
	 * which few applications need to start.
	 */
	static class OnPath implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !context.getEnvironment().getProperty("iodine.browser-client.path", "default").isEmpty();
		}

	}

	/** The path in a WebFlux application. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherHandler.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class WebFlux {

		@Bean
		@ConditionalOnMissingBean(name = "iodineBrowserClient")
		RouterFunction<ServerResponse> iodineBrowserClient(IodineBrowserClientProperties properties) {
			return RouterFunctions.route()
				.GET(properties.path(), (
						request) -> ServerResponse.ok().contentType(JAVASCRIPT).cacheControl(CACHING).bodyValue(CLIENT))
				.GET(properties.typesPath(),
						(request) -> ServerResponse.ok()
							.contentType(MediaType.TEXT_PLAIN)
							.cacheControl(CACHING)
							.bodyValue(TYPES))
				.build();
		}

	}

	/** The path in a Spring MVC application. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class WebMvc {

		@Bean
		@ConditionalOnMissingBean(name = "iodineBrowserClient")
		org.springframework.web.servlet.function.RouterFunction<org.springframework.web.servlet.function.ServerResponse> iodineBrowserClient(
				IodineBrowserClientProperties properties) {
			return org.springframework.web.servlet.function.RouterFunctions.route()
				.GET(properties.path(), (request) -> answer(JAVASCRIPT, CLIENT))
				.GET(properties.typesPath(), (request) -> answer(MediaType.TEXT_PLAIN, TYPES))
				.build();
		}

		private static org.springframework.web.servlet.function.ServerResponse answer(MediaType type,
				Resource content) {
			return org.springframework.web.servlet.function.ServerResponse.ok()
				.contentType(type)
				.cacheControl(CACHING)
				.body(content);
		}

	}

}
