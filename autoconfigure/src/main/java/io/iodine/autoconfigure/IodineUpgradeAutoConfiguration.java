package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Subscription;
import io.iodine.connection.FanoutSource;
import io.iodine.connection.HistoryView;
import io.iodine.connection.AdmissionLimits;
import io.iodine.connection.ConnectionObserver;
import io.iodine.connection.ConnectionSettings;
import io.iodine.connection.Connections;
import io.iodine.connection.InFlightWork;
import io.iodine.http.UpgradeHandlerAdapter;
import io.iodine.http.ExtendedConnect;
import io.iodine.http.EventStreamDrainFilter;
import io.iodine.http.PrincipalFilter;
import io.iodine.http.UpgradeFilter;
import io.iodine.http.UpgradeMapping;
import io.iodine.http.UpgradeRequestArgument;
import io.iodine.http.UpgradeResultHandler;
import io.iodine.http.UpgradeComponents;
import io.iodine.pubsub.ChannelPubSub;
import org.jspecify.annotations.Nullable;
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
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/**
 * Auto-configures upgrades to WebSocket, server-sent events and raw bytes in a WebFlux
 * application on Reactor Netty.
 */
@AutoConfiguration(after = { IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class },
		afterName = "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration")
@ConditionalOnClass({ DispatcherHandler.class, HttpServer.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineUpgradeAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Connections iodineConnections(IodineProperties properties, PubSub pubSub, FanoutSource feed, JsonWriter json,
			@Qualifier("iodineCallbackExecutor") Executor callbacks, ObjectProvider<ConnectionObserver> observers) {
		return new Connections(settings(properties), callbacks, pubSub, feed, json,
				ConnectionObserver.all(observers.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnMissingBean
	FanoutSource iodineFanoutSource(PubSub pubSub) {
		return (pubSub instanceof ChannelPubSub channels) ? new DirectFeed(channels) : new QueuedFeed(pubSub);
	}

	@Bean
	ConnectionDrain iodineConnectionDrain(ApplicationContext context, Connections connections,
			InFlightWork inFlightWork, ObjectProvider<EventStreamDrainFilter> streams, IodineProperties properties) {
		return new ConnectionDrain(context, connections, inFlightWork, streams.getIfAvailable(), properties.shutdown());
	}

	@Bean
	@ConditionalOnMissingBean
	InFlightWork iodineInFlightWork() {
		return new InFlightWork();
	}

	@Bean
	OutageCatchUp iodineGapCatchUp(Connections connections) {
		return new OutageCatchUp(connections);
	}

	private static ConnectionSettings settings(IodineProperties properties) {
		return new ConnectionSettings((int) properties.maxMessageSize().toBytes(),
				properties.receiveQueue().maxMessages(), (int) properties.receiveQueue().maxSize().toBytes(),
				properties.sendQueue().maxMessages(), (int) properties.sendQueue().maxSize().toBytes(),
				properties.sendQueue().overflow(), properties.pubsub().listener().maxPending(),
				properties.pubsub().fanout().maxPending().toBytes(), properties.pingInterval(),
				properties.pingTimeout(), properties.closeTimeout(),
				properties.onHandlerError() == IodineProperties.OnHandlerError.CLOSE,
				properties.compression().settings(), limits(properties));
	}

	private static AdmissionLimits limits(IodineProperties properties) {
		IodineProperties.Connections connections = properties.connections();
		return new AdmissionLimits(connections.max(), connections.maxPerAddress(), connections.maxPerPrincipal(),
				connections.maxPerSecond(), properties.rate().messagesPerSecond(), properties.rate().burstOrSecond(),
				properties.sendQueue().totalBytes(), properties.receiveQueue().totalBytes());
	}

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
			return new UpgradeComponents(connections, callbacks, properties.upgradeTimeout(),
					properties.allowedOrigins(), properties.allowCredentials(),
					properties.callbacks() == IodineProperties.Callbacks.EVENT_LOOP,
					scopes.getIfAvailable(() -> HandshakeScopes.NONE));
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeFilter iodineUpgradeFilter(UpgradeComponents upgrades, ApplicationContext context) {
			return upgrades.filter(context);
		}

		@Bean
		@ConditionalOnMissingBean
		PrincipalFilter iodinePrincipalFilter(UpgradeComponents upgrades) {
			return upgrades.principalFilter();
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty("iodine.shutdown.include-streams")
		EventStreamDrainFilter iodineEventStreamDrainFilter() {
			return new EventStreamDrainFilter();
		}

		@Bean
		@ConditionalOnMissingBean
		UpgradeMapping iodineUpgradeMapping(UpgradeComponents upgrades) {
			return upgrades.mapping();
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
		WebFluxConfigurer iodineArguments() {
			return new WebFluxConfigurer() {

				@Override
				public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
					configurer.addCustomResolver(new UpgradeRequestArgument());
				}

			};
		}

	}

	/**
	 * The channels of this process, heard on their publishers' threads.
	 *
	 * @param pubSub pub/sub
	 */
	private record DirectFeed(ChannelPubSub pubSub) implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			return this.pubSub.subscribeDirect(channel, pattern, listener);
		}

		@Override
		public void tell() {
			this.pubSub.tellEngines();
		}

		@Override
		public @Nullable HistoryView past(String channel) {
			return this.pubSub.keepsHistory(channel) ? new ChannelHistoryView(this.pubSub, channel) : null;
		}

	}

	/**
	 * The channels of pub/sub that the application has replaced.
	 *
	 * @param pubSub the application's own
	 */
	private record QueuedFeed(PubSub pubSub) implements FanoutSource {

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			Subscription subscription = pattern ? this.pubSub.subscribePattern(channel, listener)
					: this.pubSub.subscribe(channel, listener);
			return subscription::close;
		}

		@Override
		public void tell() {
			// its engines are its own affair
		}

	}

}
