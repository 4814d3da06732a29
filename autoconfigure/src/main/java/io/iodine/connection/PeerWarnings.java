package io.iodine.connection;

import io.iodine.concurrent.ThrottledLog;
import org.apache.commons.logging.LogFactory;

/**
 * Bounds the lines that peers can cause by opening connections again and again, or by
 * what they send. Shared by the connections of a server.
 *
 * @param overflows connections closed at a bound of their queue
 * @param drops connections whose messages are dropped at a bound of their queue
 * @param floods connections closed at the rate limit
 * @param failures exceptions of handlers
 */
record PeerWarnings(ThrottledLog overflows, ThrottledLog drops, ThrottledLog floods, ThrottledLog failures) {

	PeerWarnings() {
		this(new ThrottledLog(LogFactory.getLog(ConnectionLife.class)),
				new ThrottledLog(LogFactory.getLog(ConnectionLife.class)),
				new ThrottledLog(LogFactory.getLog(ReceiveQueue.class)),
				ThrottledLog.ofFailures(LogFactory.getLog("io.iodine.handler")));
	}

}
