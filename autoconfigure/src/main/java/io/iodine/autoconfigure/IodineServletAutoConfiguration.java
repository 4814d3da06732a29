package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.iodine.connection.CallbackScope;
import io.iodine.connection.Connections;
import io.iodine.file.StaticFiles;
import io.iodine.servlet.AsyncStreamDrainFilter;
import io.iodine.servlet.PublicErrorPages;
import io.iodine.servlet.PublicFileFilter;
import io.iodine.servlet.SendFileReturnValueHandler;
import io.iodine.servlet.ServletCors;
import io.iodine.servlet.ServletEventLoops;
import io.iodine.servlet.ServletSendFileFilter;
import io.iodine.servlet.ServletUnsupportedMethodMapping;
import io.iodine.servlet.ServletUpgradeArgument;
import io.iodine.servlet.ServletUpgradeComponents;
import io.iodine.servlet.ServletUpgradeFilter;
import io.iodine.servlet.ServletUpgradeMapping;
import io.iodine.servlet.ServletUpgradeRequired;
import io.iodine.servlet.UpgradeReturnValueHandler;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.apache.coyote.AbstractProtocol;
import org.eclipse.jetty.server.AbstractConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Auto-configures upgrades to WebSocket, server-sent events and raw bytes in a Spring MVC
 * application, on the port of its servlet container.
 */
@AutoConfiguration(after = IodineConnectionAutoConfiguration.class,
		afterName = "org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration")
@ConditionalOnClass({ DispatcherServlet.class, Filter.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineServletAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ServletEventLoops iodineServletEventLoops(IodineProperties properties) {
		return new ServletEventLoops(properties.concurrency().workers());
	}

	@Bean
	@ConditionalOnMissingBean
	ServletUpgradeComponents iodineServletUpgradeComponents(Connections connections, ServletEventLoops loops,
			IodineProperties properties,
			@Qualifier("iodineServletHandshakeScopes") ObjectProvider<Supplier<CallbackScope>> scopes) {
		return new ServletUpgradeComponents(connections, loops, properties.upgradeTimeout(),
				properties.allowedOrigins(), properties.allowCredentials(),
				properties.callbacks() == IodineProperties.Callbacks.EVENT_LOOP,
				scopes.getIfAvailable(() -> () -> CallbackScope.NONE));
	}

	@Bean
	@ConditionalOnMissingBean
	ServletUpgradeFilter iodineServletUpgradeFilter(ServletUpgradeComponents upgrades,
			ObjectProvider<WebMvcConfigurer> configurers, ListableBeanFactory beans) {
		// the introspector asks all handler mappings, which would ask handlers twice
		List<CorsConfigurationSource> sources = Stream
			.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, CorsConfigurationSource.class))
			.filter((name) -> !name.equals("mvcHandlerMappingIntrospector"))
			.map((name) -> beans.getBean(name, CorsConfigurationSource.class))
			.toList();
		return upgrades.filter(new ServletCors(configurers.orderedStream().toList(), sources));
	}

	@Bean
	@ConditionalOnMissingBean
	ServletUpgradeMapping iodineServletUpgradeMapping(ServletUpgradeComponents upgrades,
			@Qualifier("mvcPatternParser") ObjectProvider<PathPatternParser> parser) {
		return upgrades.mapping(parser.getIfAvailable(() -> PathPatternParser.defaultInstance));
	}

	@Bean
	@ConditionalOnMissingBean
	ServletUnsupportedMethodMapping iodineServletUnsupportedMethodMapping(ServletUpgradeComponents upgrades,
			ServletUpgradeMapping handlers) {
		return upgrades.unsupportedMethods(handlers);
	}

	@Bean
	@ConditionalOnMissingBean
	ServletUpgradeRequired iodineServletUpgradeRequired(ApplicationContext context, ServletUpgradeComponents upgrades,
			ServletUpgradeMapping handlers) {
		return upgrades.upgradeRequired(context, handlers);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineWebServerTls")
	WebServerTls iodineWebServerTls(IodineProperties properties, Environment environment) {
		return new WebServerTls(properties.tls(), environment);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineStartReport")
	StartReport iodineStartReport(ApplicationContext context, IodineProperties properties, ServletEventLoops loops,
			@Qualifier("iodineCallbackExecutor") Executor callbacks, ObjectProvider<ServletUpgradeMapping> mappings) {
		return new StartReport(context, properties, callbacks, new ServletStack(context, properties, loops, mappings));
	}

	@Bean
	@Lazy(false)
	IneffectiveProperties iodineIneffectiveProperties(Environment environment) {
		return new IneffectiveProperties(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty("iodine.shutdown.include-streams")
	AsyncStreamDrainFilter iodineAsyncStreamDrainFilter(@Qualifier("iodineCallbackExecutor") Executor callbacks) {
		return new AsyncStreamDrainFilter(callbacks);
	}

	@Bean
	@ConditionalOnMissingBean(name = "iodineServletArguments")
	WebMvcConfigurer iodineServletArguments() {
		return new WebMvcConfigurer() {

			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				resolvers.add(new ServletUpgradeArgument());
			}

		};
	}

	/** How trace, security context and MDC of a handshake come into callbacks. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ContextSnapshotFactory.class, MDC.class })
	static class ContextPropagation {

		@Bean
		@ConditionalOnMissingBean(name = "iodineServletHandshakeScopes")
		ServletHandshakeScopes iodineServletHandshakeScopes() {
			return new ServletHandshakeScopes(ContextRegistry.getInstance());
		}

	}

	/** Files of the public folder, and files that responses name. */
	@Configuration(proxyBeanMethods = false)
	@Conditional(IodineStaticAutoConfiguration.OnRoot.class)
	static class Files {

		@Bean
		@ConditionalOnMissingBean
		StaticRoots iodineStaticRoots(IodineProperties properties, ResourceLoader resourceLoader) throws IOException {
			return StaticRoots.of(properties, resourceLoader);
		}

		@Bean
		@ConditionalOnMissingBean
		StaticFiles iodineStaticFiles(IodineProperties properties, StaticRoots roots) throws IOException {
			return roots.files(properties);
		}

		@Bean
		@ConditionalOnMissingBean
		PublicFileFilter iodinePublicFileFilter(StaticFiles files) {
			return new PublicFileFilter(files);
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineNamedFileFilter")
		@Conditional(IodineStaticAutoConfiguration.OnSendFileRoot.class)
		FilterRegistrationBean<ServletSendFileFilter> iodineNamedFileFilter(StaticFiles files) {
			ServletSendFileFilter filter = new ServletSendFileFilter(files);
			FilterRegistrationBean<ServletSendFileFilter> registration = new FilterRegistrationBean<>(filter);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
			registration.setOrder(filter.getOrder());
			return registration;
		}

	}

	/** What an embedded container must not serve; a WAR may be deployed without one. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConfigurableServletWebServerFactory.class)
	@Conditional(IodineStaticAutoConfiguration.OnRoot.class)
	static class Documents {

		@Bean(destroyMethod = "removeEmptyDirectory")
		@ConditionalOnMissingBean(name = "iodineServletDocumentRoot")
		ServletDocumentRoot iodineServletDocumentRoot(StaticRoots roots) {
			return new ServletDocumentRoot(roots);
		}

	}

	/** Error pages of the public folder. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ErrorViewResolver.class)
	@Conditional(IodineStaticAutoConfiguration.OnRoot.class)
	static class ErrorPages {

		/** Ahead of Boot's, which is last. Boot asks when a client takes HTML. */
		@Bean
		@Order(0)
		@ConditionalOnMissingBean(name = "iodinePublicErrorPages")
		@ConditionalOnBooleanProperty(name = "iodine.static.error-pages", matchIfMissing = true)
		ErrorViewResolver iodinePublicErrorPages(StaticFiles files) {
			PublicErrorPages pages = new PublicErrorPages(files);
			return (request, status, model) -> {
				View page = pages.find(request.getMethod(), status.value());
				return (page != null) ? new ModelAndView(page) : null;
			};
		}

	}

	/** What Tomcat must be told. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class, AbstractProtocol.class })
	static class Tomcat {

		@Bean
		@ConditionalOnMissingBean(name = "iodineTomcatCapacity")
		TomcatCapacity iodineTomcatCapacity(IodineProperties properties, Environment environment) {
			return new TomcatCapacity(properties.connections().max(), environment);
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineTomcatInheritedSocket")
		TomcatInheritedSocket iodineTomcatInheritedSocket() {
			return TomcatInheritedSocket.ofThisProcess();
		}

		@Bean
		@ConditionalOnMissingBean(name = "iodineTomcatKeepAlive")
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> iodineTomcatKeepAlive(
				IodineProperties properties, Environment environment) {
			ContainerKeepAlive keepAlive = new ContainerKeepAlive(properties.timeout(), environment,
					ContainerKeepAlive.TOMCAT);
			return (factory) -> {
				if (keepAlive.isOurs()) {
					int millis = properties.timeout().isZero() ? -1 : Math.toIntExact(properties.timeout().toMillis());
					factory.addConnectorCustomizers((connector) -> {
						if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
							protocol.setKeepAliveTimeout(millis);
						}
					});
				}
			};
		}

	}

	/** What Jetty must be told. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConfigurableJettyWebServerFactory.class, AbstractConnector.class })
	static class Jetty {

		@Bean
		@ConditionalOnMissingBean(name = "iodineJettyKeepAlive")
		WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> iodineJettyKeepAlive(IodineProperties properties,
				Environment environment) {
			ContainerKeepAlive keepAlive = new ContainerKeepAlive(properties.timeout(), environment,
					ContainerKeepAlive.JETTY);
			return (factory) -> {
				if (keepAlive.isOurs()) {
					factory.addServerCustomizers((server) -> Stream.of(server.getConnectors())
						.filter(AbstractConnector.class::isInstance)
						.forEach((connector) -> ((AbstractConnector) connector)
							.setIdleTimeout(properties.timeout().toMillis())));
				}
			};
		}

	}

	/** What controllers may return. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RequestMappingHandlerAdapter.class)
	static class Results {

		/*
		 * Ahead of Spring's own, of which that for response bodies would take an upgrade
		 * for JSON, and that for futures would dispatch the request again.
		 */
		@Bean
		@ConditionalOnMissingBean(name = "iodineServletResults")
		InitializingBean iodineServletResults(ServletUpgradeComponents upgrades,
				ObjectProvider<RequestMappingHandlerAdapter> adapters) {
			UpgradeReturnValueHandler results = upgrades.returnValueHandler();
			return () -> adapters.forEach((adapter) -> prepend(adapter, results, new SendFileReturnValueHandler()));
		}

		private static void prepend(RequestMappingHandlerAdapter adapter, HandlerMethodReturnValueHandler... first) {
			List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>(List.of(first));
			@Nullable List<HandlerMethodReturnValueHandler> others = adapter.getReturnValueHandlers();
			if (others != null) {
				handlers.addAll(others);
			}
			adapter.setReturnValueHandlers(handlers);
		}

	}

}
