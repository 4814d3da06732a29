package io.iodine.autoconfigure;

import java.util.concurrent.Executor;

import io.iodine.autoconfigure.IodineProperties.Callbacks;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Auto-configures what every part of iodine needs: its properties and the threads on
 * which callbacks run; and warns of handlers that nobody serves.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineProperties.class)
public final class IodineAutoConfiguration {

	@Bean
	static UnknownPropertyCheck iodineUnknownPropertyCheck(Environment environment) {
		return new UnknownPropertyCheck(environment);
	}

	/*
	 * No default candidate, because an Executor that were one would make Boot's
	 * applicationTaskExecutor back off.
	 */
	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean(name = "iodineCallbackExecutor")
	Executor iodineCallbackExecutor(IodineProperties properties, Environment environment) {
		boolean virtual = (properties.callbacks() != null) ? properties.callbacks() == Callbacks.VIRTUAL
				: Threading.VIRTUAL.isActive(environment);
		return virtual ? new VirtualThreadTaskExecutor("iodine-callback-")
				: new CallbackThreads(properties.concurrency().threads());
	}

	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(name = "iodineUnservedHandlers")
	UnservedHandlers iodineUnservedHandlers(ListableBeanFactory beans) {
		return new UnservedHandlers(beans);
	}

}
