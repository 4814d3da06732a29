package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of typed handlers.
 *
 * @param maxPendingResults Maximum number of asynchronous results of one connection, such
 * as those of a Mono or Flux. Over it, a message is answered with the error 503.
 * @param maxSubscriptions Maximum number of channels that one client may subscribe to and
 * follow the members of by itself. Over it, an attempt is answered with the error 429.
 */
@ConfigurationProperties("iodine.handler")
record IodineHandlerProperties(@DefaultValue("256") int maxPendingResults, @DefaultValue("100") int maxSubscriptions) {

	IodineHandlerProperties {
		InvalidIodinePropertyException.unless(maxPendingResults > 0, "iodine.handler.max-pending-results",
				maxPendingResults, "a number above 0");
		InvalidIodinePropertyException.unless(maxSubscriptions > 0, "iodine.handler.max-subscriptions",
				maxSubscriptions, "a number above 0");
	}

}
