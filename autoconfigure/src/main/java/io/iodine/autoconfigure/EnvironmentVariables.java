package io.iodine.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.StringUtils;

/**
 * Maps environment variables of platforms to properties that are not set elsewhere:
 * {@code PORT}, {@code THREADS}, and {@code WORKERS} or else {@code WEB_CONCURRENCY}.
 */
final class EnvironmentVariables implements EnvironmentPostProcessor, Ordered {

	private static final String SWITCH = "iodine.environment-variables.enabled";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		PropertySource<?> variables = environment.getPropertySources()
			.get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
		Binder binder = Binder.get(environment);
		if (variables == null || !environment.getProperty("iodine.enabled", Boolean.class, true)
				|| !environment.getProperty(SWITCH, Boolean.class, true)) {
			return;
		}
		Map<String, Object> defaults = new HashMap<>();
		for (Variable variable : Variable.values()) {
			String value = variable.valueIn(variables);
			if (value != null && !defaults.containsKey(variable.property)
					&& !binder.bind(variable.property, String.class).isBound()) {
				defaults.put(variable.property, variable.number(value));
			}
		}
		/*
		 * Among the default properties, because Boot keeps those last even when a
		 * PropertySource annotation adds a source later.
		 */
		DefaultPropertiesPropertySource.addOrMerge(defaults, environment.getPropertySources());
		DefaultPropertiesPropertySource.moveToEnd(environment);
	}

	/** After everything else that may set one of the properties. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private enum Variable {

		PORT("server.port", 0, 65_535),

		THREADS("iodine.threads", Concurrency.MIN, Concurrency.MAX_THREADS),

		WORKERS("iodine.workers", Concurrency.MIN, Concurrency.MAX_WORKERS),

		WEB_CONCURRENCY("iodine.workers", Concurrency.MIN, Concurrency.MAX_WORKERS);

		private final String property;

		private final int least;

		private final int most;

		Variable(String property, int least, int most) {
			this.property = property;
			this.least = least;
			this.most = most;
		}

		@Nullable String valueIn(PropertySource<?> variables) {
			Object value = variables.getProperty(name());
			return (value != null && StringUtils.hasText(value.toString())) ? value.toString().strip() : null;
		}

		int number(String value) {
			boolean valid = value.matches("-?\\d{1,6}") && Integer.parseInt(value) >= this.least
					&& Integer.parseInt(value) <= this.most;
			if (!valid) {
				throw new InvalidIodinePropertyException("environment variable", name(), value,
						"a number from " + this.least + " to " + this.most + ", or set the property " + this.property
								+ " instead, or " + SWITCH + " to false if the variable is for something else");
			}
			return Integer.parseInt(value);
		}

	}

}
