package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.iodine.edge.HttpEdge;
import io.iodine.edge.RenegotiationGuard;
import io.iodine.http.UpgradeMapping;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.MDC;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.WebFilter;

/**
 * Auto-configures Boot's own web server: its event loops, its keep-alive timeout and its
 * TLS.
 */
@AutoConfiguration(before = NettyReactiveWebServerAutoConfiguration.class,
		beforeName = {
				"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
				"org.springframework.boot.rsocket.autoconfigure.RSocketServerAutoConfiguration" },
		after = IodineAutoConfiguration.class)
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, HttpServer.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ IodineProperties.class, ReactorNettyProperties.class })
public final class IodineWebServerAutoConfiguration {

	/*
	 * Loops of the context's own instead of Reactor Netty's global ones, which keep the
	 * number of the first start in the JVM.
	 */
	@Bean
	@ConditionalOnMissingBean
	ReactorResourceFactory iodineReactorResourceFactory(IodineProperties properties, ReactorNettyProperties netty) {
		int workers = properties.concurrency().workers();
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setLoopResourcesSupplier(() -> TransportLoops.create(properties.transport(), workers));
		Duration quietPeriod = netty.getShutdownQuietPeriod();
		// the drain and the web server have waited for unfinished work
		factory.setShutdownQuietPeriod((quietPeriod != null) ? quietPeriod : Duration.ZERO);
		return factory;
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineKeepAliveTimeout")
	KeepAliveTimeout iodineKeepAliveTimeout(IodineProperties properties, Environment environment,
			ObjectProvider<HttpEdge> edge) {
		return new KeepAliveTimeout(properties.timeout(), environment, edge);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineWebServerTls")
	WebServerTls iodineWebServerTls(IodineProperties properties, Environment environment) {
		return new WebServerTls(properties.tls(), environment);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineRenegotiationGuard")
	NettyServerCustomizer iodineRenegotiationGuard() {
		return (server) -> server
			.doOnChannelInit((observer, channel, remoteAddress) -> RenegotiationGuard.install(channel));
	}

	/** What is said once the server has started. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherHandler.class)
	static class Report {

		@Bean
		@ConditionalOnMissingBean(name = "iodineStartReport")
		StartReport iodineStartReport(ApplicationContext context, IodineProperties properties,
				@Qualifier("iodineCallbackExecutor") Executor callbacks, ObjectProvider<UpgradeMapping> mappings) {
			return new StartReport(context, properties, callbacks, new ReactiveStack(context, properties, mappings));
		}

	}

	/** How trace and MDC of a handshake come into callbacks. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ContextSnapshotFactory.class, MDC.class, WebFilter.class, DispatcherHandler.class })
	static class ContextPropagation {

		@Bean
		@ConditionalOnMissingBean(name = "iodineHandshakeScopes")
		HandshakeScopes iodineHandshakeScopes() {
			return new HandshakeContext(ContextRegistry.getInstance());
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineHandshakeMdc")
		HandshakeMdc iodineHandshakeMdc() {
			return new HandshakeMdc();
		}

	}

}
