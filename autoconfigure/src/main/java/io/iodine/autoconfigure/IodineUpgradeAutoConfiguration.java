package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.concurrent.CallbackExecutor;
import io.iodine.connection.Connections;
import io.iodine.http.EventStreamDrainFilter;
import io.iodine.http.ExtendedConnect;
import io.iodine.http.SpringCors;
import io.iodine.http.UnsupportedMethodMapping;
import io.iodine.http.UpgradeComponents;
import io.iodine.http.UpgradeFilter;
import io.iodine.http.UpgradeHandlerAdapter;
import io.iodine.http.UpgradeMapping;
import io.iodine.http.UpgradeRequestArgument;
import io.iodine.http.UpgradeResultHandler;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configures upgrades to WebSocket, server-sent events and raw bytes in a WebFlux
 * application on Reactor Netty.
 */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class,
		afterName = "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration")
@ConditionalOnClass({ DispatcherHandler.class, HttpServer.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineUpgradeAutoConfiguration {

	/** How WebSockets come through HTTP/2. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(NettyReactiveWebServerFactory.class)
	@ConditionalOnBooleanProperty("server.http2.enabled")
	static class Http2 {

		@Bean
		@ConditionalOnMissingBean(name = "iodineHttp2WebSockets")
		Http2WebSockets iodineHttp2WebSockets() {
			return new Http2WebSockets();
		}

	}

	/** Runs after Boot's own customizer, whose settings of HTTP/2 it completes. */
	static final class Http2WebSockets implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

		@Override
		public int getOrder() {
			return 100;
		}

		@Override
		public void customize(NettyReactiveWebServerFactory factory) {
			factory.addServerCustomizers((server) -> Http2Amendment.amend(ExtendedConnect.allow(server),
					(settings) -> settings.connectProtocolEnabled(true)));
		}

	}

	/** How WebFlux comes to upgrade. */
	@Configuration(proxyBeanMethods = false)
	static class WebFlux {

		@Bean
		@ConditionalOnMissingBean
		UpgradeComponents iodineUpgradeComponents(Connections connections, IodineProperties properties,
				@Qualifier("iodineCallbackExecutor") Executor callbacks, ObjectProvider<HandshakeScopes> scopes) {
			return new UpgradeComponents(connections, CallbackExecutor.rejecting(callbacks),
					properties.upgradeTimeout(), properties.allowedOrigins(), properties.allowCredentials(),
					properties.callbacks() == IodineProperties.Callbacks.EVENT_LOOP,
					HandshakeScopes.all(scopes.orderedStream().toList()));
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeFilter iodineUpgradeFilter(UpgradeComponents upgrades, ApplicationContext context,
				ObjectProvider<WebFluxConfigurer> configurers, ObjectProvider<CorsConfigurationSource> sources) {
			return upgrades.filter(context,
					new SpringCors(configurers.orderedStream().toList(), sources.orderedStream().toList()));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty("iodine.shutdown.include-streams")
		EventStreamDrainFilter iodineEventStreamDrainFilter() {
			return new EventStreamDrainFilter();
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeMapping iodineUpgradeMapping(UpgradeComponents upgrades,
				@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping controllers) {
			return upgrades.mapping(controllers.getPathPatternParser());
		}

		@Bean
		@ConditionalOnMissingBean
		UnsupportedMethodMapping iodineUnsupportedMethodMapping(UpgradeComponents upgrades, UpgradeMapping handlers) {
			return upgrades.unsupportedMethods(handlers);
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeHandlerAdapter iodineUpgradeHandlerAdapter(UpgradeComponents upgrades) {
			return upgrades.adapter();
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeResultHandler iodineUpgradeResultHandler(UpgradeComponents upgrades,
				@Qualifier("webFluxAdapterRegistry") ReactiveAdapterRegistry adapters) {
			return upgrades.resultHandler(adapters);
		}

		@Bean
		UpgradeRequiredHandler iodineUpgradeRequiredAnswer(ApplicationContext context,
				ObjectProvider<UpgradeMapping> mappings) {
			return new UpgradeRequiredHandler(context, () -> mappings.stream().map(UpgradeMapping::routes).toList());
		}

		@Bean
		WebFluxConfigurer iodineArguments() {
			return new WebFluxConfigurer() {

				@Override
				public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
					configurer.addCustomResolver(new UpgradeRequestArgument());
				}

			};
		}

	}

}
