package io.iodine.autoconfigure;

import java.io.IOException;

import io.iodine.file.CachedFileHandlerInstaller;
import io.iodine.file.ErrorPageHandler;
import io.iodine.file.FileRoute;
import io.iodine.file.SendFileFilter;
import io.iodine.file.StaticFiles;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Auto-configures files that are served ahead of the application, and files that the
 * application names in its responses.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, HttpServer.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@Conditional(IodineStaticAutoConfiguration.OnRoot.class)
@EnableConfigurationProperties(IodineProperties.class)
public final class IodineStaticAutoConfiguration {

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

	/*
	 * A customizer of the factory and no NettyRouteProvider bean, because a management
	 * server on a port of its own would find that bean too, and serve the files.
	 */
	@Bean
	@Order(100)
	@ConditionalOnMissingBean(name = "iodineStaticCustomizer")
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> iodineStaticCustomizer(StaticFiles files,
			StaticRoots roots, Environment environment) {
		return (factory) -> {
			if (roots.publicDirectory() == null) {
				return;
			}
			factory.addRouteProviders(new FileRoute(files)::addTo);
			// only the server behind the lane can count requests
			if (environment.getProperty("server.netty.max-keep-alive-requests", Integer.class, -1) < 1) {
				CachedFileHandlerInstaller lane = new CachedFileHandlerInstaller(files);
				factory.addServerCustomizers(
						(server) -> server.doOnChannelInit((observer, channel, address) -> lane.install(channel)));
			}
		};
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "iodine.static.error-pages", matchIfMissing = true)
	ErrorPageHandler iodineErrorPageHandler(StaticFiles files) {
		return new ErrorPageHandler(files);
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnSendFileRoot.class)
	SendFileFilter iodineSendFileFilter(StaticFiles files) {
		return new SendFileFilter(files);
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnSendFileRoot.class)
	SendFileResultHandler iodineSendFileResultHandler() {
		return new SendFileResultHandler();
	}

	/** Some root is named, or may be when a build that runs ahead of time has ended. */
	static final class OnRoot extends OnAnyProperty {

		OnRoot() {
			super("iodine.static.root", "iodine.public", "iodine.static.send-file-root");
		}

	}

	/** A root of private files is named, or may be. */
	static final class OnSendFileRoot extends OnAnyProperty {

		OnSendFileRoot() {
			super("iodine.static.send-file-root");
		}

	}

}
