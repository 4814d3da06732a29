package io.iodine.samples.hello;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.UpgradeHandler;

/**
 * Sends back what comes.
 */
@UpgradeHandler(value = "/hello", protocols = Protocol.WEBSOCKET)
class Echo implements ConnectionHandler {

	@Override
	public void onMessage(Connection client, Message message) {
		client.write(message);
	}

}
