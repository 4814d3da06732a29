package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of timers.
 *
 * @param max Maximum number of pending timers. Over it, a further one is rejected.
 */
@ConfigurationProperties("iodine.timers")
record IodineTimerProperties(@DefaultValue("1000000") int max) {

	IodineTimerProperties {
		InvalidIodinePropertyException.unless(max > 0, "iodine.timers.max", max, "a number above 0");
	}

}
