package io.iodine.autoconfigure;

import io.iodine.UpgradeHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Warns of {@code @UpgradeHandler} beans in an application that has no WebFlux on Reactor
 * Netty to serve them.
 */
final class UnservedHandlers implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(UnservedHandlers.class);

	private final ListableBeanFactory beans;

	UnservedHandlers(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.beans.containsBean("iodineUpgradeMapping") || this.beans.containsBean("iodineServletUpgradeMapping")) {
			return;
		}
		String[] handlers = this.beans.getBeanNamesForAnnotation(UpgradeHandler.class);
		if (handlers.length > 0) {
			logger.warn("No web server can serve the @UpgradeHandler beans [" + String.join(", ", handlers)
					+ "]: this is neither a WebFlux application on Reactor Netty nor a Spring MVC application on Tomcat"
					+ " or Jetty. Add spring-boot-starter-webflux or spring-boot-starter-webmvc, and check"
					+ " spring.main.web-application-type and iodine.enabled.");
		}
	}

}
