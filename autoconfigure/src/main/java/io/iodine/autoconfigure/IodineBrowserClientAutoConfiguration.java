package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.iodine.http.SpringCors;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
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
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
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
		BrowserClientMapping iodineBrowserClient(IodineBrowserClientProperties properties,
				ObjectProvider<WebFluxConfigurer> configurers, ObjectProvider<ServerCodecConfigurer> codecs) {
			BrowserClientMapping mapping = new BrowserClientMapping(client(properties), properties);
			// or else the mapping would make codecs of its own
			codecs.ifUnique((configurer) -> mapping.setMessageReaders(configurer.getReaders()));
			mapping.setCorsConfigurationSource(SpringCors.mappings(configurers.orderedStream().toList()));
			return mapping;
		}

		private static RouterFunction<ServerResponse> client(IodineBrowserClientProperties properties) {
			RequestPredicate read = RequestPredicates.methods(HttpMethod.GET, HttpMethod.HEAD);
			return RouterFunctions.route()
				.route(read.and(RequestPredicates.path(properties.path())), (request) -> answer(JAVASCRIPT, CLIENT))
				.route(read.and(RequestPredicates.path(properties.typesPath())),
						(request) -> answer(MediaType.TEXT_PLAIN, TYPES))
				.build();
		}

		private static Mono<ServerResponse> answer(MediaType type, Resource content) {
			return ServerResponse.ok().contentType(type).cacheControl(CACHING).bodyValue(content);
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
			org.springframework.web.servlet.function.RequestPredicate read = org.springframework.web.servlet.function.RequestPredicates
				.methods(HttpMethod.GET, HttpMethod.HEAD);
			return org.springframework.web.servlet.function.RouterFunctions.route()
				.route(read.and(path(properties.path())), (request) -> answer(JAVASCRIPT, CLIENT))
				.route(read.and(path(properties.typesPath())), (request) -> answer(MediaType.TEXT_PLAIN, TYPES))
				.build();
		}

		private static org.springframework.web.servlet.function.RequestPredicate path(String path) {
			return org.springframework.web.servlet.function.RequestPredicates.path(path);
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
