package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Auto-configures the path at which browsers load {@code iodine.js}. */
@AutoConfiguration
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnExpression("!'${iodine.browser-client.path:default}'.isEmpty()")
@EnableConfigurationProperties(IodineBrowserClientProperties.class)
public final class IodineBrowserClientAutoConfiguration {

	private static final Resource CLIENT = new ClassPathResource("io/iodine/browser/iodine.js");

	private static final Resource TYPES = new ClassPathResource("io/iodine/browser/iodine.d.ts");

	private static final MediaType JAVASCRIPT = new MediaType("text", "javascript", StandardCharsets.UTF_8);

	private static final CacheControl CACHING = CacheControl.maxAge(Duration.ofHours(1));

	@Bean
	@ConditionalOnMissingBean(name = "iodineBrowserClient")
	RouterFunction<ServerResponse> iodineBrowserClient(IodineBrowserClientProperties properties) {
		return RouterFunctions.route()
			.GET(properties.path(),
					(request) -> ServerResponse.ok().contentType(JAVASCRIPT).cacheControl(CACHING).bodyValue(CLIENT))
			.GET(properties.typesPath(),
					(request) -> ServerResponse.ok()
						.contentType(MediaType.TEXT_PLAIN)
						.cacheControl(CACHING)
						.bodyValue(TYPES))
			.build();
	}

}
