package io.iodine.samples.telnet;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** Asks for a name, and hands over to the chat. */
class Login implements ConnectionHandler {

	@Override
	public void onOpen(Connection client) {
		client.write("Please enter your name:");
	}

	@Override
	public void onMessage(Connection client, Message message) {
		String name = message.asText().strip();
		if (!name.isEmpty()) {
			client.handler(new Chat(name));
		}
	}

}
