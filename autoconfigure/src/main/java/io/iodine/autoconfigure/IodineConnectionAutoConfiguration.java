package io.iodine.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;

import io.iodine.ConnectionRegistry;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Subscription;
import io.iodine.connection.ConnectionEventLog;
import io.iodine.connection.ConnectionObserver;
import io.iodine.connection.ConnectionSettings;
import io.iodine.connection.Connections;
import io.iodine.connection.DrainListener;
import io.iodine.connection.InFlightWork;
import io.iodine.connection.OpenConnections;
import io.iodine.connection.fanout.FanoutSource;
import io.iodine.connection.fanout.HistoryView;
import io.iodine.connection.limit.AdmissionLimits;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.GlobPattern;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configures connections: their registry, the fan-out of channels to them, and their
 * graceful shutdown. It needs Netty, but no web server.
 */
@AutoConfiguration(after = { IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class })
@ConditionalOnClass(name = "io.netty.channel.Channel")
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineConnectionAutoConfiguration {

	private static final String CLOSE_REQUESTS = "close-principal";

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
			InFlightWork inFlightWork, ObjectProvider<DrainListener> listeners, IodineProperties properties) {
		return new ConnectionDrain(context, connections, inFlightWork, listeners.orderedStream().toList(),
				properties.shutdown());
	}

	/*
	 * Lazy, so that only the processes of an application that uses it subscribe to its
	 * channel.
	 */
	@Bean
	@Lazy
	@ConditionalOnMissingBean(ConnectionRegistry.class)
	OpenConnections iodineConnectionRegistry(Connections connections, PubSub pubSub) {
		return new OpenConnections(connections, ProcessChannel.of(pubSub, CLOSE_REQUESTS));
	}

	@Bean
	ConnectionEventLog iodineConnectionEventLog() {
		return new ConnectionEventLog();
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
				properties.pubsub().fanout().maxPending().toBytes(), properties.connections().maxSubscriptions(),
				properties.pingInterval(), properties.pingTimeout(), properties.closeTimeout(),
				properties.onHandlerError() == IodineProperties.OnHandlerError.CLOSE,
				properties.compression().settings(), limits(properties));
	}

	private static AdmissionLimits limits(IodineProperties properties) {
		ConnectionsProperties connections = properties.connections();
		return new AdmissionLimits(connections.max(), connections.maxPerAddress(), connections.maxPerPrincipal(),
				connections.maxPerSecond(), properties.rate().messagesPerSecond(), properties.rate().burstOrSecond(),
				properties.sendQueue().totalBytes(), properties.receiveQueue().totalBytes());
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
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener, IntSupplier subscribers) {
			return this.pubSub.subscribeDirect(channel, pattern, listener, subscribers);
		}

		@Override
		public void notifyEngines() {
			this.pubSub.tellEngines();
		}

		@Override
		public @Nullable HistoryView history(String channel) {
			return this.pubSub.keepsHistory(channel) ? new ChannelHistoryView(this.pubSub, channel) : null;
		}

		@Override
		public boolean matches(String glob, String channel) {
			return GlobPattern.compile(glob).matches(channel.getBytes(StandardCharsets.UTF_8));
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
		public void notifyEngines() {
			// its engines are its own affair
		}

	}

}
