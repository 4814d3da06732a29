package io.iodine.autoconfigure;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;

import io.iodine.PubSub;
import io.iodine.WorkerInfo;
import io.iodine.connection.Connections;
import io.iodine.loop.CallingThreadEventLoop;
import io.iodine.net.Client;
import io.iodine.net.ClientCustomizer;
import io.iodine.net.Clients;
import io.iodine.net.Connector;
import io.iodine.net.EventLoop;
import io.iodine.net.Iodine;
import io.iodine.net.Listeners;
import io.iodine.net.NamedClients;
import io.iodine.socket.ListenerObserver;
import io.iodine.socket.PolledClients;
import io.iodine.socket.PreopenedSockets;
import io.iodine.socket.SocketClients;
import io.iodine.socket.SocketConnector;
import io.iodine.socket.SocketListeners;
import io.iodine.task.Timers;
import io.netty.bootstrap.ServerBootstrap;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;

/** Auto-configures listeners on sockets, with a web server or without. */
@AutoConfiguration(after = { IodineConnectionAutoConfiguration.class, IodineWebServerAutoConfiguration.class,
		IodineTimerAutoConfiguration.class })
@ConditionalOnClass(ServerBootstrap.class)
@ConditionalOnBean(Connections.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ ListenerProperties.class, ClientProperties.class, NamedClientProperties.class,
		DebugProperties.class })
public final class IodineSocketAutoConfiguration {

	/*
	 * Our own beans, asked for by name, for a condition on a type has to find out the
	 * types of all beans that are defined so far.
	 */
	private static final String LISTENERS = "iodineListeners";

	private static final String CONNECTOR = "iodineConnector";

	private static final String CLIENTS = "iodineClients";

	@Bean
	SocketLoops iodineSocketLoops(ObjectProvider<SocketLoops.SharedLoops> shared, IodineProperties properties) {
		return new SocketLoops(shared.getIfAvailable(), properties.concurrency().workers());
	}

	@Bean
	ListenerKeys iodineListenerKeys(ListenerProperties properties) {
		return new ListenerKeys(properties);
	}

	@Bean
	SocketTls iodineSocketTls(ObjectProvider<SslBundles> bundles, IodineProperties properties,
			DebugProperties debugging) {
		return new SocketTls(bundles.getIfAvailable(), properties.tls(), TlsKeyLog.to(debugging.tlsKeyLog()));
	}

	@Bean
	@ConditionalOnMissingBean(Listeners.class)
	SocketListeners iodineListeners(Connections connections, SocketTls tls, ObjectProvider<PreopenedSockets> sockets,
			ObjectProvider<ListenerObserver> observer) {
		return new SocketListeners(connections, tls, sockets.getIfAvailable(() -> PreopenedSockets.NONE),
				observer.getIfAvailable(() -> ListenerObserver.NONE));
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(name = LISTENERS)
	ListenerLifecycle iodineListenerLifecycle(SocketListeners listeners, SocketLoops loops,
			ListenerProperties properties, ListableBeanFactory beans, ConfigurableEnvironment environment) {
		return new ListenerLifecycle(listeners, loops, properties, beans, environment);
	}

	@Bean
	ClientKeys iodineClientKeys(ClientProperties properties) {
		return new ClientKeys(properties);
	}

	@Bean
	@ConditionalOnMissingBean(Connector.class)
	SocketConnector iodineConnector(Connections connections, SocketTls tls,
			@Qualifier("iodineCallbackExecutor") Executor callbacks) {
		return new SocketConnector(connections, tls, callbacks);
	}

	@Bean
	@ConditionalOnMissingBean(Clients.class)
	SocketClients iodineClients() {
		return new SocketClients();
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(name = { CONNECTOR, CLIENTS })
	ClientLifecycle iodineClientLifecycle(SocketConnector connector, SocketClients clients, SocketLoops loops,
			ClientProperties properties, ConfigurableListableBeanFactory beans, ApplicationEventPublisher publisher,
			@Qualifier("iodineCallbackExecutor") Executor callbacks, Connections connections,
			ConfigurableEnvironment environment, ObjectProvider<ClientCustomizer> customizers) {
		return new ClientLifecycle(connector, clients, loops, properties, beans, publisher, callbacks,
				connections.settings(), environment, customizers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnBean(value = Timers.class, name = { LISTENERS, CONNECTOR })
	EventLoops iodineEventLoops(SocketListeners listeners, SocketConnector connector, Timers timers,
			@Qualifier("iodineCallbackExecutor") Executor callbacks) {
		return new EventLoops(listeners, connector, timers, callbacks);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean(EventLoop.class)
	@ConditionalOnBean(name = "iodineEventLoops")
	CallingThreadEventLoop iodineEventLoop(EventLoops loops) {
		return loops.create();
	}

	@Bean
	@ConditionalOnMissingBean(NamedClients.class)
	@ConditionalOnBean(name = { LISTENERS, CONNECTOR })
	PolledClients iodineNamedClients(SocketListeners listeners, SocketConnector connector,
			NamedClientProperties properties) {
		return new PolledClients(listeners, connector, properties.settings());
	}

	@Bean
	@ConditionalOnMissingBean(Iodine.class)
	@ConditionalOnBean(Timers.class)
	IodineFacade iodine(ConfigurableApplicationContext context, Listeners listeners, Connector connector, Timers timers,
			PubSub pubSub, ObjectProvider<WorkerInfo> worker) {
		return new IodineFacade(context, listeners, connector, timers, pubSub,
				worker.getIfAvailable(() -> WorkerInfo.ALONE));
	}

	/** Says in the application's health which clients are not connected. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	static class ClientHealth {

		@Bean
		@ConditionalOnMissingBean(name = "iodineClientsHealthIndicator")
		@ConditionalOnEnabledHealthIndicator("iodineclients")
		HealthIndicator iodineClientsHealthIndicator(Clients clients) {
			return () -> {
				Map<String, String> states = new TreeMap<>();
				clients.all().forEach((client) -> states.put(client.name(), client.state().name()));
				boolean up = states.values().stream().allMatch(Client.State.CONNECTED.name()::equals);
				return (up ? Health.up() : Health.down()).withDetails(states).build();
			};
		}

	}

	/** Further addresses of the web server. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(NettyReactiveWebServerFactory.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class Http {

		@Bean
		@Lazy(false)
		HttpListeners iodineHttpListeners(ListenerProperties properties, HttpHandler handler,
				AutowireCapableBeanFactory beans, ObjectProvider<SslBundles> bundles,
				ConfigurableEnvironment environment) {
			return new HttpListeners(properties, handler, beans, bundles.getIfAvailable(), environment);
		}

	}

	/** The event loops of the web server. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ReactorResourceFactory.class)
	@ConditionalOnBean(ReactorResourceFactory.class)
	static class Reactor {

		@Bean
		SocketLoops.ReactorLoops iodineSharedLoops(ObjectProvider<ReactorResourceFactory> factory) {
			return new SocketLoops.ReactorLoops(factory);
		}

	}

}
