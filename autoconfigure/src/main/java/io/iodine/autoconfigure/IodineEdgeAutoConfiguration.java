package io.iodine.autoconfigure;

import io.iodine.edge.EdgeLimits;
import io.iodine.edge.EdgeObserver;
import io.iodine.edge.HttpEdge;
import io.iodine.edge.SocketLimiter;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.WebExceptionHandler;

/** Auto-configures limits, deadlines and strict parsing of HTTP requests. */
@AutoConfiguration(after = IodineAutoConfiguration.class,
		beforeName = "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration")
@ConditionalOnClass(HttpServer.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineProperties.class)
public final class IodineEdgeAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "iodine.http.enabled", matchIfMissing = true)
	HttpEdge iodineHttpEdge(IodineProperties properties, Environment environment,
			ObjectProvider<EdgeObserver> observers) {
		return new HttpEdge(limits(properties, environment), EdgeObserver.all(observers.orderedStream().toList()),
				sockets(properties));
	}

	private static EdgeLimits limits(IodineProperties properties, Environment environment) {
		HttpProperties http = properties.http();
		return new EdgeLimits(bytes(environment, "server.netty.max-initial-line-length", http.maxRequestLine()),
				(int) http.maxHeaderLine().toBytes(),
				bytes(environment, "server.max-http-request-header-size", http.maxHeaderSize()), http.maxHeaders(),
				http.maxBodySize().toBytes(), http.headerTimeout(), http.bodyTimeout(), http.minBodyRate().toBytes(),
				http.writeTimeout(), properties.timeout(), http.maxConcurrentStreams(), http.nonAsciiTargets());
	}

	private static SocketLimiter sockets(IodineProperties properties) {
		return new SocketLimiter(properties.http().maxConnections(), properties.connections().minFreeDescriptors(),
				FreeDescriptors.ofProcess());
	}

	private static int bytes(Environment environment, String bootProperty, DataSize otherwise) {
		if (DefaultProperties.isUnset(environment, bootProperty)) {
			return (int) otherwise.toBytes();
		}
		BindResult<DataSize> set = Binder.get(environment).bind(bootProperty, DataSize.class);
		return (int) (set.isBound() ? set.get() : otherwise).toBytes();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(NettyReactiveWebServerFactory.class)
	static class WebServer {

		@Bean
		@ConditionalOnMissingBean(name = "iodineEdgeCustomizer")
		EdgeCustomizer iodineEdgeCustomizer(ObjectProvider<HttpEdge> edge) {
			return new EdgeCustomizer(edge);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebExceptionHandler.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnBooleanProperty(name = "iodine.http.enabled", matchIfMissing = true)
	static class Errors {

		@Bean
		ErrorHeaders iodineErrorHeaders() {
			return new ErrorHeaders();
		}

	}

	/** Runs after Boot's own customizer, whose limits it replaces. */
	record EdgeCustomizer(ObjectProvider<HttpEdge> edge)
			implements
				WebServerFactoryCustomizer<NettyReactiveWebServerFactory>,
				Ordered {

		@Override
		public int getOrder() {
			return 100;
		}

		@Override
		public void customize(NettyReactiveWebServerFactory factory) {
			this.edge.ifAvailable((guard) -> factory
				.addServerCustomizers((server) -> Http2Amendment.amend(guard.guard(server), guard::limit)));
		}

	}

}
