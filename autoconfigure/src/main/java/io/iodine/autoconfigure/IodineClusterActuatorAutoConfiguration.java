package io.iodine.autoconfigure;

import io.iodine.WorkerInfo;
import io.iodine.process.WorkerProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.epoll.Epoll;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configures the actuator endpoint and the meters of a cluster. */
@AutoConfiguration(after = IodineClusterAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@ConditionalOnClass(Epoll.class)
@ConditionalOnBean(WorkerProcess.class)
public final class IodineClusterActuatorAutoConfiguration {

	/** The operations. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
	static class Operations {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		ClusterEndpoint iodineClusterEndpoint(WorkerInfo info, WorkerProcess worker) {
			return new ClusterEndpoint(info, worker);
		}

	}

	/** The tag of all meters. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ MeterRegistry.class, MeterRegistryCustomizer.class })
	static class Meters {

		@Bean
		@ConditionalOnMissingBean(name = "iodineWorkerTag")
		MeterRegistryCustomizer<MeterRegistry> iodineWorkerTag(WorkerInfo info) {
			return (registry) -> registry.config().commonTags("worker", String.valueOf(info.worker()));
		}

	}

}
