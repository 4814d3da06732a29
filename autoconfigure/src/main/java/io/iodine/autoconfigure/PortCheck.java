package io.iodine.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Fails the start for a port out of range, which Boot reports without the name of the
 * property.
 */
final class PortCheck implements BeanFactoryPostProcessor {

	private static final int MAX = 65_535;

	private static final List<String> PORTS = List.of("server.port", "management.server.port",
			"spring.rsocket.server.port");

	private final Environment environment;

	PortCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
		PORTS.forEach(this::check);
	}

	private void check(String property) {
		String value = this.environment.getProperty(property);
		// what is no number fails when Boot binds it, and that failure names the property
		if (value != null && value.strip().matches("-?\\d+")) {
			InvalidIodinePropertyException.unless(isPort(value.strip()), property, value.strip(),
					"a port from 0, which means any free one, to " + MAX + ", or -1 for no server");
		}
	}

	private static boolean isPort(String value) {
		return value.length() <= 6 && Integer.parseInt(value) >= -1 && Integer.parseInt(value) <= MAX;
	}

}
