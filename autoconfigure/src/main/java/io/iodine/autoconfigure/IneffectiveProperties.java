package io.iodine.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Rejects, in a Spring MVC application, the properties that have no effect on a servlet
 * container, and names what to use instead.
 */
final class IneffectiveProperties implements SmartInitializingSingleton {

	private static final String SLOW = "server.tomcat.connection-timeout or server.jetty.connection-idle-timeout";

	private static final String HEAD = "server.max-http-request-header-size";

	private static final String SOCKETS = "server.tomcat.max-connections or server.jetty.max-connections";

	/** The values that change nothing. */
	private static final Map<String, List<String>> USABLE = Map.of("iodine.transport", List.of("auto", "nio"),
			"iodine.http.enabled", List.of("true"));

	/** What has no effect, and what has instead. */
	static final Map<String, String> INSTEAD = Map.ofEntries(Map.entry("iodine.http.body-timeout", SLOW),
			Map.entry("iodine.http.enabled", "true, because the checks of the container are always on"),
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

	private final Environment environment;

	IneffectiveProperties(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		INSTEAD.keySet().stream().sorted().filter(this::isConfigured).findFirst().ifPresent((name) -> {
			String instead = USABLE.containsKey(name) ? INSTEAD.get(name)
					: "no value, because a servlet container doesn't read it, and use " + INSTEAD.get(name)
							+ " instead";
			throw new InvalidIodinePropertyException(name, String.valueOf(this.environment.getProperty(name)),
					String.valueOf(instead));
		});
	}

	private boolean isConfigured(String name) {
		ConfigurationPropertyName property = ConfigurationPropertyName.of(name);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getConfigurationProperty(property) != null) {
				return !USABLE.getOrDefault(name, List.of())
					.contains(String.valueOf(this.environment.getProperty(name)).toLowerCase(Locale.ROOT));
			}
		}
		return false;
	}

}
