package io.iodine.connection;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.UpgradeRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Logs the opening and the closing of connections at DEBUG. */
public final class ConnectionEventLog implements ConnectionObserver {

	private static final Log logger = LogFactory.getLog(ConnectionEventLog.class);

	@Override
	public void opened(Connection client) {
		if (logger.isDebugEnabled()) {
			logger.debug("Connection " + client.id() + " opened: " + client.protocol() + " "
					+ client.request().map(UpgradeRequest::path).orElse("without a request"));
		}
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		if (logger.isDebugEnabled()) {
			logger.debug("Connection " + client.id() + " closed: " + reason.cause() + " " + reason.code() + ", "
					+ traffic.messagesIn() + " messages received, " + traffic.messagesOut() + " sent");
		}
	}

}
