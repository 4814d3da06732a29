package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.autoconfigure.IodineProperties.Callbacks;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.system.JavaVersion;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Auto-configures the properties and the callback threads, and warns of handlers that no
 * server serves.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineProperties.class)
public final class IodineAutoConfiguration {

	@Bean
	static UnknownPropertyCheck iodineUnknownPropertyCheck(Environment environment) {
		return new UnknownPropertyCheck(environment);
	}

	@Bean
	static UnsetPropertiesProcessor iodineUnsetPropertiesProcessor(Environment environment) {
		return new UnsetPropertiesProcessor(environment);
	}

	@Bean
	static PortCheck iodinePortCheck(Environment environment) {
		return new PortCheck(environment);
	}

	/*
	 * No default candidate, because an Executor that were one would make Boot's
	 * applicationTaskExecutor back off.
	 */
	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "iodineCallbackExecutor")
	Executor iodineCallbackExecutor(IodineProperties properties, Environment environment) {
		return isVirtual(properties, environment) ? new VirtualCallbackThreads()
				: new CallbackThreads(properties.concurrency().threads());
	}

	/**
	 * Virtual threads where there are any, so that no callback waits for one that blocks;
	 * unless a property asks for platform threads, or for a number of them.
	 */
	private static boolean isVirtual(IodineProperties properties, Environment environment) {
		if (properties.callbacks() != null) {
			return properties.callbacks() == Callbacks.VIRTUAL;
		}
		return JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE) && properties.threads() == 0
				&& environment.getProperty("spring.threads.virtual.enabled", Boolean.class, true);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(name = "iodineUnservedHandlers")
	UnservedHandlers iodineUnservedHandlers(ListableBeanFactory beans) {
		return new UnservedHandlers(beans);
	}

}
