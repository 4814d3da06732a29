package io.iodine.samples.examples;

import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.UpgradeRequest;
import io.iodine.Upgrader;

/**
 * Has a handler for each subprotocol. A client that offers neither gets 400.
 */
@UpgradeHandler(value = "/subprotocols", subprotocols = { "echo", "jobs" })
class Subprotocols implements Upgrader {

	@Override
	public Upgrade upgrade(UpgradeRequest request) {
		List<String> offered = request.subprotocols();
		if (offered.contains("echo")) {
			return Upgrade.accept(new Echo()).subprotocol("echo");
		}
		if (offered.contains("jobs")) {
			return Upgrade.accept(new Follower()).subprotocol("jobs");
		}
		return Upgrade.reject(400, "offer one of the subprotocols echo and jobs");
	}

	/** Sends back what comes. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Hears of jobs. */
	private static final class Follower implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("jobs");
		}

	}

}
