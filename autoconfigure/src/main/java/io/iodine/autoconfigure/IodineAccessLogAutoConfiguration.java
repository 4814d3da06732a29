package io.iodine.autoconfigure;

import java.net.SocketAddress;
import java.time.Duration;

import io.iodine.accesslog.AccessFormat;
import io.iodine.accesslog.AccessLog;
import io.iodine.accesslog.AnsweredRequestLog;
import io.iodine.accesslog.ConnectionLog;
import io.iodine.accesslog.LineRules;
import io.iodine.accesslog.LineTarget;
import io.iodine.accesslog.RequestUserFilter;
import io.iodine.accesslog.ServerAccessLog;
import io.iodine.edge.EdgeObserver;
import io.iodine.servlet.ServletUserFilter;
import io.netty.handler.codec.http2.Http2Headers;
import jakarta.servlet.Filter;
import org.apache.catalina.valves.ValveBase;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;

/** Auto-configures the access log of requests, upgrades and closed connections. */
@AutoConfiguration(after = IodineAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("iodine.access-log.enabled")
@EnableConfigurationProperties(IodineProperties.class)
public final class IodineAccessLogAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AccessLog iodineAccessLog(IodineProperties properties, ObjectProvider<LineTarget> target) {
		AccessLogProperties settings = properties.accessLog();
		return new AccessLog(AccessFormat.valueOf(settings.format().name()),
				target.getIfAvailable(() -> target(settings)), settings.maxPending(),
				LineRules.of(settings.maskedParameters(), settings.maxValueLength()));
	}

	private static LineTarget target(AccessLogProperties settings) {
		return switch (settings.target()) {
			case STDOUT -> LineTarget.stdout();
			case STDERR -> LineTarget.stderr();
			case FILE -> LineTarget.file(settings.file());
			case LOGGER -> LineTarget.logger();
		};
	}

	@Bean
	AccessLogLifecycle iodineAccessLogLifecycle(AccessLog log) {
		return new AccessLogLifecycle(log);
	}

	@Bean
	@ConditionalOnMissingBean
	ConnectionLog iodineConnectionLog(AccessLog log, Environment environment) {
		return new ConnectionLog(log, isForwarded(environment),
				environment.getProperty("iodine.request-id.enabled", Boolean.class, false));
	}

	// as Boot decides whether proxies are to be believed
	private static boolean isForwarded(Environment environment) {
		String strategy = environment.getProperty("server.forward-headers-strategy");
		if (strategy != null) {
			return !strategy.equalsIgnoreCase("none");
		}
		CloudPlatform platform = CloudPlatform.getActive(environment);
		return platform != null && platform.isUsingForwardHeaders();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ NettyReactiveWebServerFactory.class, HttpServer.class })
	static class WebServer {

		@Bean
		@ConditionalOnMissingBean
		ServerAccessLog iodineServerAccessLog(AccessLog log, Environment environment) {
			return new ServerAccessLog(log, isForwarded(environment));
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineRejectedStreamLog")
		EdgeObserver iodineRejectedStreamLog(ServerAccessLog log) {
			return new EdgeObserver() {

				@Override
				public void onStreamRejected(@Nullable SocketAddress peer, Http2Headers head, int status) {
					log.rejected(peer, head, status);
				}

			};
		}

		@Bean
		@ConditionalOnMissingBean
		RequestUserFilter iodineRequestUserFilter() {
			return new RequestUserFilter();
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineAccessLogCustomizer")
		AccessLogCustomizer iodineAccessLogCustomizer(ServerAccessLog log) {
			return new AccessLogCustomizer(log);
		}

	}

	/** Requests on a servlet container, which tells of them itself. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DispatcherServlet.class, Filter.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class Servlets {

		@Bean
		@ConditionalOnMissingBean
		AnsweredRequestLog iodineAnsweredRequestLog(AccessLog log, Environment environment) {
			return new AnsweredRequestLog(log, isForwarded(environment));
		}

		@Bean
		@ConditionalOnMissingBean
		ServletUserFilter iodineServletUserFilter() {
			return new ServletUserFilter();
		}

	}

	/** Requests that Tomcat has answered. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class, ValveBase.class })
	static class Tomcat {

		@Bean
		@ConditionalOnMissingBean(name = "iodineTomcatRequestLog")
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> iodineTomcatRequestLog(AnsweredRequestLog log) {
			return (factory) -> factory.addEngineValves(new TomcatRequestLog(log));
		}

	}

	/** Requests that Jetty has answered. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ ConfigurableJettyWebServerFactory.class, Server.class })
	static class Jetty {

		@Bean
		@ConditionalOnMissingBean(name = "iodineJettyRequestLog")
		WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> iodineJettyRequestLog(AnsweredRequestLog log) {
			return (factory) -> factory.addServerCustomizers(new JettyRequestLog(log)::install);
		}

	}

	/** Runs after the edge's customizer, so that what the edge refuses is logged. */
	record AccessLogCustomizer(
			ServerAccessLog log) implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

		@Override
		public int getOrder() {
			return 200;
		}

		@Override
		public void customize(NettyReactiveWebServerFactory factory) {
			factory.addServerCustomizers(this.log::log);
		}

	}

	/** Starts the log before the server, and stops it after. */
	static final class AccessLogLifecycle implements SmartLifecycle {

		private static final Duration LAST_LINES = Duration.ofSeconds(5);

		private final AccessLog log;

		private volatile boolean running;

		AccessLogLifecycle(AccessLog log) {
			this.log = log;
		}

		@Override
		public void start() {
			this.log.start();
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			try {
				this.log.stop(LAST_LINES);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return Integer.MIN_VALUE;
		}

	}

}
