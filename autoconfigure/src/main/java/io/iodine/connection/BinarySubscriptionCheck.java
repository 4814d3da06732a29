package io.iodine.connection;

import io.iodine.As;
import io.iodine.Connection;
import io.iodine.Protocol;
import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Rejects binary subscriptions of event streams, which carry nothing but text. */
final class BinarySubscriptionCheck {

	private static final ThrottledLog rejected = new ThrottledLog(LogFactory.getLog(BinarySubscriptionCheck.class));

	private BinarySubscriptionCheck() {
	}

	/**
	 * Whether a connection can't have a subscription, which is logged at most once in ten
	 * seconds.
	 * @param client the connection
	 * @param channel the channel or pattern
	 * @param as the kind
	 * @return true when it can't
	 */
	static boolean isRejected(Connection client, String channel, As as) {
		if (as != As.BINARY || client.protocol() != Protocol.SSE) {
			return false;
		}
		rejected.warn((count) -> client + " can't be subscribed to '" + channel
				+ "' as binary: it is an event stream, which carries text. Subscribe it without a kind, or as text");
		return true;
	}

}
