package io.iodine.samples.telnet;

import java.time.Duration;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** One guest of the chat. */
class Chat implements ConnectionHandler {

	private final String name;

	Chat(String name) {
		this.name = name;
	}

	@Override
	public void onOpen(Connection client) {
		client.timeout(Duration.ofMinutes(5));
		client.subscribe("chat");
		client.publish("chat", this.name + " joined the chat.");
	}

	@Override
	public void onMessage(Connection client, Message message) {
		client.publish("chat", this.name + ": " + message.asText());
	}

	@Override
	public void onShutdown(Connection client) {
		client.write("The server is shutting down... goodbye.");
	}

	@Override
	public void onClose(Connection client) {
		client.publish("chat", this.name + " left the chat.");
	}

}
