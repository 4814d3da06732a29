package io.iodine.samples.telnet;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** Sends back each line, and closes after the line {@code bye}. */
class Echo implements ConnectionHandler {

	@Override
	public void onMessage(Connection client, Message message) {
		client.write(message);
		if (message.asText().strip().equalsIgnoreCase("bye")) {
			client.close();
		}
	}

	@Override
	public void onTimeout(Connection client) {
		client.write("are you there?");
	}

}
