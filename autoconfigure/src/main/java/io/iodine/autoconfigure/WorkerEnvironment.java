package io.iodine.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import io.iodine.process.WorkerIdentity;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sets properties that differ between worker processes: the number in log lines, the
 * share of the cores, the port of the actuator.
 */
final class WorkerEnvironment implements EnvironmentPostProcessor, Ordered {

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		WorkerIdentity.ofThisProcess()
			.filter((identity) -> environment.getProperty("iodine.enabled", Boolean.class, true))
			.ifPresent((identity) -> {
				setDefaults(environment, identity);
				setManagementPort(environment, identity);
			});
	}

	private static void setDefaults(ConfigurableEnvironment environment, WorkerIdentity identity) {
		Map<String, Object> defaults = new HashMap<>();
		int cores = Runtime.getRuntime().availableProcessors();
		defaults.put("iodine.workers", Math.max(1, cores / identity.processes()));
		defaults.put("logging.pattern.level", "%5p w" + identity.number());
		defaults.put("logging.structured.json.add.worker", String.valueOf(identity.number()));
		Binder binder = Binder.get(environment);
		defaults.keySet().removeIf((property) -> binder.bind(property, String.class).isBound());
		DefaultPropertiesPropertySource.addOrMerge(defaults, environment.getPropertySources());
		DefaultPropertiesPropertySource.moveToEnd(environment);
	}

	private static void setManagementPort(ConfigurableEnvironment environment, WorkerIdentity identity) {
		int first = environment.getProperty("iodine.cluster.management-port", Integer.class, 0);
		if (first > 0) {
			environment.getPropertySources()
				.addFirst(new MapPropertySource("iodine.cluster.management-port",
						Map.of("management.server.port", first + identity.number() - 1)));
		}
	}

	/** After all others that may set one of the properties, {@code WORKERS} included. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
