package io.iodine.handler;

import io.iodine.ChannelAuthorizer;
import io.iodine.PubSub;

/**
 * The events by which clients subscribe and publish, and what they need.
 *
 * @param pubSub where channels are
 * @param authorizer permits each
 * @param maxSubscriptions how many one connection may have
 */
public record ReservedEvents(PubSub pubSub, ChannelAuthorizer authorizer, int maxSubscriptions) {

	static boolean isReserved(String event) {
		return event.startsWith("iodine.");
	}

}
