package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The endpoint of the actuator.
 *
 * @param writeOperations Whether the actuator's endpoint iodine may publish messages,
 * close connections and drain the server.
 */
@ConfigurationProperties("iodine.actuator")
record IodineActuatorProperties(@DefaultValue("false") boolean writeOperations) {
}
