package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Observations of Micrometer.
 *
 * @param messages Whether each message that a client sends is observed, which gives it a
 * span. It needs an ObservationRegistry, as of the starter for the actuator.
 */
@ConfigurationProperties("iodine.observations")
record ObservationProperties(@DefaultValue("false") boolean messages) {
}
