package io.iodine.autoconfigure;

import java.util.stream.Stream;

import io.iodine.UpgradeHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.util.ClassUtils;

/**
 * Warns of {@code @UpgradeHandler} beans in an application that has no WebFlux on Reactor
 * Netty to serve them.
 */
final class UnservedHandlers implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(UnservedHandlers.class);

	private static final String SERVERS = "org.springframework.boot.web.server.reactive.ReactiveWebServerFactory";

	private final ListableBeanFactory beans;

	UnservedHandlers(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		boolean reactive = this.beans.containsBean("iodineUpgradeMapping") && !isOnAnotherServer();
		if (reactive || this.beans.containsBean("iodineServletUpgradeMapping")) {
			return;
		}
		String[] handlers = this.beans.getBeanNamesForAnnotation(UpgradeHandler.class);
		if (handlers.length > 0) {
			logger.warn("No web server can serve the @UpgradeHandler beans [" + String.join(", ", handlers)
					+ "]: this is neither a WebFlux application on Reactor Netty nor a Spring MVC application on Tomcat"
					+ " or Jetty. Add spring-boot-starter-webflux or spring-boot-starter-webmvc, and check"
					+ " spring.main.web-application-type, iodine.enabled and that no starter of another server, such as"
					+ " spring-boot-starter-jetty, replaces Reactor Netty.");
		}
	}

	/** Whether WebFlux runs on Tomcat or Jetty, whose channels can't be taken over. */
	private boolean isOnAnotherServer() {
		return ClassUtils.isPresent(SERVERS, getClass().getClassLoader()) && Servers.areOthers(this.beans);
	}

	/** What needs Boot's web servers, which an application may be without. */
	private static final class Servers {

		private static boolean areOthers(ListableBeanFactory beans) {
			return Stream.of(beans.getBeanNamesForType(ReactiveWebServerFactory.class, true, false))
				.map(beans::getType)
				.anyMatch((type) -> type != null
						&& !type.getName()
							.equals("org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory")
						&& type.getName().startsWith("org.springframework.boot."));
		}

	}

}
