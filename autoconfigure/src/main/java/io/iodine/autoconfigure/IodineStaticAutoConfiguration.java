package io.iodine.autoconfigure;

import java.io.IOException;

import io.iodine.file.FileLaneInstaller;
import io.iodine.file.FileRoute;
import io.iodine.file.FileSettings;
import io.iodine.file.SendFileFilter;
import io.iodine.file.StaticFiles;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

	private static final Log logger = LogFactory.getLog(IodineStaticAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	StaticRoots iodineStaticRoots(IodineProperties properties, ResourceLoader resourceLoader) throws IOException {
		return StaticRoots.of(properties, resourceLoader);
	}

	@Bean
	@ConditionalOnMissingBean
	StaticFiles iodineStaticFiles(IodineProperties properties, StaticRoots roots) throws IOException {
		IodineProperties.Static files = properties.staticFiles();
		StaticValueCheck.check(files);
		if (roots.publicFiles() != null) {
			logger.info("Files of " + roots.publicFiles().location() + " are public at " + files.path()
					+ ": filters, Spring Security and CORS rules don't see requests for them");
		}
		return new StaticFiles(new FileSettings(roots.publicFiles(), files.path(), roots.namedFiles(),
				files.followSymlinks(), files.htmlSuffix(), files.singlePage(), files.headers(), files.mediaTypes(),
				files.maxAge(), files.cacheControl(), files.fingerprint(), files.cacheSize().toBytes(),
				Math.toIntExact(files.cacheFileSize().toBytes()), files.stallTimeout(), files.diskThreads(),
				files.maxPending()));
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
				FileLaneInstaller lane = new FileLaneInstaller(files);
				factory.addServerCustomizers(
						(server) -> server.doOnChannelInit((observer, channel, address) -> lane.install(channel)));
			}
		};
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
	static final class OnRoot extends OnPropertyOrAhead {

		OnRoot() {
			super("iodine.static.root", "iodine.public", "iodine.static.send-file-root");
		}

	}

	/** A root of private files is named, or may be. */
	static final class OnSendFileRoot extends OnPropertyOrAhead {

		OnSendFileRoot() {
			super("iodine.static.send-file-root");
		}

	}

}
