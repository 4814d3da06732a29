package io.iodine.autoconfigure;

import ch.qos.logback.classic.LoggerContext;
import io.iodine.ClusterEngines;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.WorkerInfo;
import io.iodine.accesslog.AccessLog;
import io.iodine.edge.KeepAliveDrain;
import io.iodine.process.InheritedSockets;
import io.iodine.process.SocketsOfMaster;
import io.iodine.process.SocketsOfSystemd;
import io.iodine.process.SystemdNotifier;
import io.iodine.process.SystemdSockets;
import io.iodine.process.WorkerIdentity;
import io.iodine.process.WorkerProcess;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PubSubObserver;
import io.iodine.pubsub.cluster.ClusterEngine;
import io.iodine.socket.PreopenedSockets;
import io.netty.channel.epoll.Epoll;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Auto-configures the processes of a cluster and the sockets passed by systemd. */
@AutoConfiguration(after = { IodineAutoConfiguration.class, IodineRedisAutoConfiguration.class },
		before = { IodinePubSubAutoConfiguration.class, IodineWebServerAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ClusterProperties.class)
public final class IodineClusterAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WorkerInfo iodineWorkerInfo() {
		return WorkerIdentity.ofThisProcess()
			.map((identity) -> new WorkerInfo(identity.number(), identity.generation(), identity.processes(), false))
			.orElse(WorkerInfo.ALONE);
	}

	@Bean
	@ConditionalOnMissingBean(ClusterEngines.class)
	ClusterEngines iodineClusterEngines(PubSub pubSub, ObjectProvider<PubSubEngine> engines) {
		PubSubEngine engine = engines.getIfAvailable(pubSub::localEngine);
		return (engine instanceof ClusterEngines cluster) ? cluster : new SingleProcessEngines(pubSub, engine);
	}

	/** What systemd wants to hear. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Epoll.class)
	@ConditionalOnProperty("NOTIFY_SOCKET")
	static class Notification {

		@Bean
		@ConditionalOnMissingBean(name = "iodineSystemdReadiness")
		SystemdReadiness iodineSystemdReadiness() {
			return new SystemdReadiness(SystemdNotifier.ofThisProcess());
		}

	}

	/** The parts of a worker. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Epoll.class)
	@ConditionalOnBean(WorkerProcess.class)
	static class Worker {

		@Bean
		@ConditionalOnMissingBean(PubSubEngine.class)
		@Conditional(OnClusterEngine.class)
		ClusterEngine iodineClusterEngine(WorkerProcess worker, HistorySettings histories, PubSub pubSub,
				ObjectProvider<PubSubObserver> observers) {
			ClusterEngine engine = new ClusterEngine(worker, histories, pubSub,
					PubSubObserver.all(observers.orderedStream().toList()));
			if (pubSub instanceof ChannelPubSub channels) {
				channels.keepHistoryIn(engine);
				channels.keepPresenceIn(engine);
			}
			engine.start();
			return engine;
		}

		@Bean
		@ConditionalOnMissingBean(InheritedSockets.class)
		SocketsOfMaster iodineInheritedSockets(WorkerProcess worker) {
			return new SocketsOfMaster(worker);
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineWorkerCrashes")
		SmartInitializingSingleton iodineWorkerCrashes(WorkerProcess worker, ApplicationEventPublisher events) {
			// a listener may block, which the control channel must not
			return () -> worker
				.onCrash((crash) -> new Thread(() -> events.publishEvent(crash), "iodine-worker-crash").start());
		}

		@Bean
		HangUp iodineHangUp(WorkerProcess worker, ObjectProvider<HangUp.Action> actions) {
			return new HangUp(worker::onReopen, actions.orderedStream().toList());
		}

		@Bean
		HangUp.Action iodineAccessLogReopening(ObjectProvider<AccessLog> log) {
			return () -> log.ifAvailable(AccessLog::reopen);
		}

		/** Log files of Logback, Boot's default. */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(LoggerContext.class)
		static class LogFileReopening {

			@Bean
			LogFiles iodineLogFiles() {
				return new LogFiles();
			}

		}

		@Bean
		AcceptLifecycle iodineAcceptLifecycle(InheritedSockets sockets, ObjectProvider<KeepAliveDrain> drain,
				ClusterProperties properties, WorkerProcess worker, ConfigurableApplicationContext context) {
			return new AcceptLifecycle(sockets, drain.getIfAvailable(), properties, () -> {
				worker.onStop(() -> System.exit(SpringApplication.exit(context)));
				worker.ready();
			});
		}

	}

	/** The parts of a process to which systemd has passed sockets. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Epoll.class)
	@Conditional(OnSystemdSockets.class)
	static class Activated {

		@Bean
		@ConditionalOnMissingBean(InheritedSockets.class)
		SocketsOfSystemd iodineInheritedSockets() {
			return new SocketsOfSystemd(SystemdSockets.ofThisProcess());
		}

		@Bean
		AcceptLifecycle iodineAcceptLifecycle(InheritedSockets sockets, ObjectProvider<KeepAliveDrain> drain,
				ClusterProperties properties) {
			return new AcceptLifecycle(sockets, drain.getIfAvailable(), properties, () -> warnOfUntaken(sockets));
		}

		private static void warnOfUntaken(InheritedSockets sockets) {
			if (sockets instanceof SocketsOfSystemd passed && !passed.untaken().isEmpty()) {
				throw new InvalidIodinePropertyException("environment variable", "LISTEN_FDS",
						String.join(", ", passed.untaken()),
						"sockets that this application listens on, or set server.port to that of the socket");
			}
		}

	}

	/** How listeners listen on such sockets. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Epoll.class)
	static class Listeners {

		@Bean
		@ConditionalOnMissingBean
		PreopenedSockets iodineOpenSockets(ObjectProvider<InheritedSockets> sockets) {
			return (address) -> {
				InheritedSockets inherited = sockets.getIfAvailable();
				return (inherited != null && inherited.has(address)) ? inherited.take(address) : null;
			};
		}

	}

	/** How Reactor Netty's server listens on such sockets. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Epoll.class, NettyReactiveWebServerFactory.class, HttpServer.class })
	static class WebServer {

		@Bean
		InheritedServerSockets iodineInheritedServerSockets(ObjectProvider<InheritedSockets> sockets,
				KeepAliveDrain drain, ObjectProvider<ReactorResourceFactory> resources) {
			return new InheritedServerSockets(sockets, drain, resources);
		}

		@Bean
		@ConditionalOnMissingBean
		KeepAliveDrain iodineKeepAliveDrain() {
			return new KeepAliveDrain();
		}

	}

}
