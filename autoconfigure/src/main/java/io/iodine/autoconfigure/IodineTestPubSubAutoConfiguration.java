package io.iodine.autoconfigure;

import io.iodine.PubSub;
import io.iodine.PubSubEngine;

import org.springframework.boot.autoconfigure.AutoConfigureBefore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Keeps pub/sub of sliced tests within the process, whatever engine the application is
 * configured for. Only slices import it.
 */
@Configuration(proxyBeanMethods = false)
@AutoConfigureBefore(IodinePubSubAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
public final class IodineTestPubSubAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PubSubEngine.class)
	PubSubEngine iodineLocalEngine(PubSub pubSub) {
		return pubSub.localEngine();
	}

}
