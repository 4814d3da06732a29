package io.iodine.samples.dialer;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.net.ClientEvent;
import io.iodine.net.IodineClient;

import org.springframework.context.event.EventListener;

/** Stays connected, and begins anew after each reconnect. */
@IodineClient(url = "${dialer.url}")
class Feed implements ConnectionHandler {

	private final Heard heard;

	Feed(Heard heard) {
		this.heard = heard;
	}

	@Override
	public void onOpen(Connection client) {
		client.write("I am back.");
	}

	@Override
	public void onMessage(Connection client, Message message) {
		this.heard.add("Feed: " + message.asText());
	}

	@EventListener
	void on(ClientEvent event) {
		this.heard.add("Client " + event.client() + " is " + event.state());
	}

}
