package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.iodine.servlet.ServletEventLoops;
import io.iodine.servlet.ServletUpgradeMapping;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * What connections on a servlet container work with.
 *
 * @param context the application
 * @param properties its properties
 * @param eventLoops the event loops
 * @param mappings know the paths
 */
record ServletStack(ApplicationContext context, IodineProperties properties, ServletEventLoops eventLoops,
		ObjectProvider<ServletUpgradeMapping> mappings) implements StartReport.Stack {

	/** The first word of "TomcatWebServer" and "JettyServletWebServer". */
	private String container() {
		return (this.context instanceof ServletWebServerApplicationContext web && web.getWebServer() != null)
				? ClassUtils.getShortName(web.getWebServer().getClass()).replaceAll("(Servlet)?WebServer", "")
				: "servlet container";
	}

	@Override
	public String loops() {
		return container() + " with nio, " + this.eventLoops.workers() + " workers";
	}

	@Override
	public Duration keepAlive() {
		String property = container().equals("Jetty") ? ContainerKeepAlive.JETTY : ContainerKeepAlive.TOMCAT;
		return new ContainerKeepAlive(this.properties.timeout(), this.context.getEnvironment(), property).effective();
	}

	@Override
	public List<String> paths() {
		return this.mappings.stream().flatMap((mapping) -> mapping.routes().paths().stream()).toList();
	}

}
