package io.iodine.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Warns once, in a Spring MVC application, of the properties that have no effect on a
 * servlet container, and names what to use instead.
 */
final class IneffectiveProperties implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(IneffectiveProperties.class);

	private static final String SLOW = "server.tomcat.connection-timeout or server.jetty.connection-idle-timeout";

	private static final String HEAD = "server.max-http-request-header-size";

	private static final String SOCKETS = "server.tomcat.max-connections or server.jetty.max-connections";

	/** What has no effect, and what has instead. */
	static final Map<String, String> INSTEAD = Map.ofEntries(Map.entry("iodine.http.body-timeout", SLOW),
			Map.entry("iodine.http.enabled", "the checks of the container, which are always on"),
			Map.entry("iodine.http.header-timeout", SLOW),
			Map.entry("iodine.http.max-body-size",
					"server.tomcat.max-http-form-post-size, server.jetty.max-http-form-post-size and "
							+ "spring.servlet.multipart.max-request-size, or the limit of a proxy"),
			Map.entry("iodine.http.max-concurrent-streams", "a customizer of the container's HTTP/2"),
			Map.entry("iodine.http.max-connections", SOCKETS), Map.entry("iodine.http.max-header-line", HEAD),
			Map.entry("iodine.http.max-header-size", HEAD), Map.entry("iodine.http.max-headers", HEAD),
			Map.entry("iodine.http.max-request-line", HEAD), Map.entry("iodine.http.min-body-rate", SLOW),
			Map.entry("iodine.http.non-ascii-targets", "percent-encoded targets"),
			Map.entry("iodine.http.write-timeout", SLOW), Map.entry("iodine.connections.min-free-descriptors", SOCKETS),
			Map.entry("iodine.static.stall-timeout", SLOW),
			Map.entry("iodine.transport", "auto or nio, because the container's sockets are those of NIO"));

	private static final List<String> PORTABLE_TRANSPORTS = List.of("auto", "nio");

	private final Environment environment;

	IneffectiveProperties(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, String> found = new LinkedHashMap<>();
		INSTEAD.keySet()
			.stream()
			.sorted()
			.filter(this::isConfigured)
			.forEach((name) -> found.put(name, INSTEAD.get(name)));
		if (!found.isEmpty()) {
			StringBuilder warning = new StringBuilder("These properties have no effect on a servlet container. ");
			found.forEach((name, instead) -> warning.append("Instead of ")
				.append(name)
				.append(" use ")
				.append(instead)
				.append(". "));
			logger.warn(warning.append("Spring WebFlux on Reactor Netty heeds them all.").toString());
		}
	}

	private boolean isConfigured(String name) {
		ConfigurationPropertyName property = ConfigurationPropertyName.of(name);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getConfigurationProperty(property) != null) {
				return !name.equals("iodine.transport") || !PORTABLE_TRANSPORTS
					.contains(String.valueOf(this.environment.getProperty(name)).toLowerCase(Locale.ROOT));
			}
		}
		return false;
	}

}
