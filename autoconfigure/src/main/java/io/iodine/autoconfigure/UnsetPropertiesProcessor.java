package io.iodine.autoconfigure;

import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Lets beans of properties be created without binding while no property below their
 * prefix is set. Binding them all takes much of what start-up spends on this library.
 */
final class UnsetPropertiesProcessor implements BeanFactoryPostProcessor {

	/** In the names that Boot gives to beans of properties. */
	private static final String OURS = "-" + UnsetPropertiesProcessor.class.getPackageName() + ".";

	private final Environment environment;

	UnsetPropertiesProcessor(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
		if (AotDetector.useGeneratedArtifacts() || Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return;
		}
		for (String name : factory.getBeanDefinitionNames()) {
			if (name.contains(OURS) && factory.getBeanDefinition(name) instanceof AbstractBeanDefinition definition) {
				process(definition, factory.getBeanClassLoader());
			}
		}
	}

	private void process(AbstractBeanDefinition definition, @Nullable ClassLoader loader) {
		Supplier<?> bound = definition.getInstanceSupplier();
		Class<?> type = ClassUtils.resolveClassName(Objects.requireNonNull(definition.getBeanClassName()), loader);
		ConfigurationProperties properties = type.getAnnotation(ConfigurationProperties.class);
		if (bound != null && properties != null && type.isRecord()) {
			String prefix = properties.value();
			definition.setInstanceSupplier(() -> DefaultProperties.isUnset(this.environment, prefix)
					? DefaultProperties.of(type) : bound.get());
		}
	}

}
