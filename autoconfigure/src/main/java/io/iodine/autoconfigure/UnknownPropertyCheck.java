package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;

import io.iodine.autoconfigure.CommandLineListener.FlagsPropertySource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Fails the start for a property below {@code iodine.} that nothing reads, because a
 * misspelt limit is no limit. Variables of the environment, which other programs set too,
 * are warned of when they are like a property.
 */
final class UnknownPropertyCheck implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(UnknownPropertyCheck.class);

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("iodine");

	private static final String VARIABLES = "IODINE_";

	private final Environment environment;

	private @Nullable KnownProperties known;

	UnknownPropertyCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
		checkFlags(factory);
		if (!this.environment.getProperty("iodine.unknown-properties.fail", Boolean.class, true)) {
			return;
		}
		ClassLoader loader = Objects.requireNonNullElseGet(factory.getBeanClassLoader(),
				() -> Objects.requireNonNull(ClassUtils.getDefaultClassLoader()));
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				warnOfVariables(variables, loader);
			}
			else if (source.getUnderlyingSource() instanceof PropertySource<?> underlying
					&& underlying.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
				warnOfSystemProperties(source, loader);
			}
			else if (source instanceof IterableConfigurationPropertySource names) {
				names.stream().filter(ROOT::isAncestorOf).forEach((name) -> check(name, source, loader));
			}
		}
	}

	/** An application that runs something at its start may read arguments by itself. */
	private void checkFlags(ConfigurableListableBeanFactory factory) {
		if (this.environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources()
					.get(CommandLineListener.SOURCE) instanceof FlagsPropertySource source
				&& factory.getBeanNamesForType(ApplicationRunner.class, true, false).length == 0
				&& factory.getBeanNamesForType(CommandLineRunner.class, true, false).length == 0) {
			source.flags().unknown().stream().findFirst().ifPresent((flag) -> {
				throw new UnknownFlagException(flag);
			});
		}
	}

	private void check(ConfigurationPropertyName name, ConfigurationPropertySource source, ClassLoader loader) {
		KnownProperties properties = known(loader);
		if (!properties.isEmpty() && !properties.contains(name)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			throw new UnknownIodinePropertyException(name.toString(),
					(property != null) ? String.valueOf(property.getOrigin()) : "",
					properties.nearest(name.toString()));
		}
	}

	/** Of the virtual machine, where tools keep their own. */
	private void warnOfSystemProperties(ConfigurationPropertySource source, ClassLoader loader) {
		if (source instanceof IterableConfigurationPropertySource names) {
			names.stream()
				.filter((name) -> ROOT.isAncestorOf(name) && !known(loader).contains(name))
				.forEach((name) -> logger
					.warn("The system property " + name + " is no property of iodine and has no effect."
							+ known(loader).nearest(name.toString())
								.map((nearest) -> " The nearest property is " + nearest + ".")
								.orElse("")));
		}
	}

	private void warnOfVariables(EnumerablePropertySource<?> variables, ClassLoader loader) {
		for (String variable : variables.getPropertyNames()) {
			if (variable.startsWith(VARIABLES) && !known(loader).containsVariable(variable)) {
				Optional<String> nearest = known(loader).nearest(variable);
				nearest.ifPresent((name) -> logger.warn("The environment variable " + variable
						+ " is no property of iodine and has no effect. The nearest property is " + name + "."));
			}
		}
	}

	private KnownProperties known(ClassLoader loader) {
		KnownProperties properties = this.known;
		if (properties == null) {
			try {
				properties = KnownProperties.of(loader);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.known = properties;
		}
		return properties;
	}

}
