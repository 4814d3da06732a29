package io.iodine.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.As;
import io.iodine.Connection;
import io.iodine.Protocol;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Rejects binary subscriptions of event streams, which carry nothing but text. */
final class BinarySubscriptions {

	private static final Log logger = LogFactory.getLog(BinarySubscriptions.class);

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

	private static final AtomicLong SILENT_UNTIL = new AtomicLong(System.nanoTime());

	private BinarySubscriptions() {
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
		long now = System.nanoTime();
		long until = SILENT_UNTIL.get();
		if (now - until >= 0 && SILENT_UNTIL.compareAndSet(until, now + PAUSE)) {
			logger.warn(client + " can't be subscribed to '" + channel
					+ "' as binary: it is an event stream, which carries text. Subscribe it without a kind, or as text");
		}
		return true;
	}

}
