package io.iodine.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/** The ports of listeners, as properties {@code local.iodine.<name>.port}. */
final class LocalPorts {

	private static final String SOURCE = "iodine.ports";

	private LocalPorts() {
	}

	static void add(ConfigurableEnvironment environment, Map<String, Integer> ports) {
		Map<String, Object> all = new HashMap<>();
		PropertySource<?> before = environment.getPropertySources().get(SOURCE);
		if (before instanceof MapPropertySource known) {
			all.putAll(known.getSource());
		}
		ports.forEach((name, port) -> all.put("local.iodine." + name + ".port", port));
		environment.getPropertySources().remove(SOURCE);
		environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, all));
	}

}
