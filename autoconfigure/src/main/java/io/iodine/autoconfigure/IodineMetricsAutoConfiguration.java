package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.PubSubEngine;
import io.iodine.accesslog.AccessLog;
import io.iodine.concurrent.CallbackLoad;
import io.iodine.connection.Connections;
import io.iodine.metrics.AccessLogMeters;
import io.iodine.metrics.ConnectionMeters;
import io.iodine.metrics.EdgeMeters;
import io.iodine.metrics.ProcessMeters;
import io.iodine.metrics.PubSubMeters;
import io.iodine.metrics.SocketMeters;
import io.iodine.net.ActiveListener;
import io.iodine.net.ClientEvent;
import io.iodine.net.Listeners;
import io.iodine.process.WorkerProcess;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.socket.ListenerObserver;
import io.iodine.timer.TaskTimers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configures meters, if there is a registry. */
@AutoConfiguration(
		before = { IodineConnectionAutoConfiguration.class, IodineUpgradeAutoConfiguration.class,
				IodinePubSubAutoConfiguration.class, IodineEdgeAutoConfiguration.class },
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PubSubMeters iodinePubSubMeters(MeterRegistry registry) {
		return new PubSubMeters(registry);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineChannelMeters")
	MeterBinder iodineChannelMeters(ObjectProvider<ChannelPubSub> pubSub) {
		return (registry) -> pubSub.ifAvailable((channels) -> PubSubMeters.channels(channels).bindTo(registry));
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineEngineMeters")
	MeterBinder iodineEngineMeters(PubSubMeters meters, ObjectProvider<PubSubEngine> engines) {
		return (registry) -> engines.orderedStream().forEach(meters::attached);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineTimerMeters")
	MeterBinder iodineTimerMeters(ObjectProvider<TaskTimers> timers) {
		return (registry) -> timers.ifAvailable((all) -> ProcessMeters.timers(all).bindTo(registry));
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineListenerMeters")
	MeterBinder iodineListenerMeters(ObjectProvider<Listeners> listeners) {
		return (registry) -> listeners.ifAvailable((all) -> ProcessMeters.listeners(all).bindTo(registry));
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineAccessLogMeters")
	MeterBinder iodineAccessLogMeters(ObjectProvider<AccessLog> log) {
		return (registry) -> log.ifAvailable((entries) -> new AccessLogMeters(entries).bindTo(registry));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "io.netty.channel.Channel")
	static class OnNetty {

		@Bean
		@ConditionalOnMissingBean
		ConnectionMeters iodineConnectionMeters(MeterRegistry registry) {
			return new ConnectionMeters(registry);
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineTrafficMeters")
		MeterBinder iodineTrafficMeters(ObjectProvider<Connections> connections) {
			return (registry) -> connections.ifAvailable((all) -> ConnectionMeters.totals(all).bindTo(registry));
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineCallbackMeters")
		MeterBinder iodineCallbackMeters(@Qualifier("iodineCallbackExecutor") ObjectProvider<Executor> callbacks) {
			return (registry) -> callbacks.ifAvailable((executor) -> {
				if (executor instanceof CallbackLoad load) {
					ConnectionMeters.callbacks(load).bindTo(registry);
				}
			});
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineWorkerMeters")
		MeterBinder iodineWorkerMeters(ObjectProvider<WorkerProcess> worker) {
			return (registry) -> worker.ifAvailable((process) -> ProcessMeters.workers(process).bindTo(registry));
		}

		@Bean
		@ConditionalOnMissingBean
		SocketMeters iodineSocketMeters(MeterRegistry registry) {
			return new SocketMeters(registry);
		}

		@Bean
		@ConditionalOnMissingBean
		ListenerObserver iodineListenerConnectionMeters(SocketMeters meters) {
			return new ListenerObserver() {

				@Override
				public void listens(ActiveListener listener) {
					meters.listens(listener.name(), listener::connections);
				}

				@Override
				public void stopped(ActiveListener listener) {
					meters.stopped(listener.name());
				}

			};
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineClientMeters")
		ApplicationListener<PayloadApplicationEvent<ClientEvent>> iodineClientMeters(SocketMeters meters) {
			return ApplicationListener.forPayload((event) -> meters.changed(event.client(), event.state()));
		}

		@Bean
		@ConditionalOnMissingBean
		EdgeMeters iodineEdgeMeters(MeterRegistry registry) {
			return new EdgeMeters(registry);
		}

	}

}
