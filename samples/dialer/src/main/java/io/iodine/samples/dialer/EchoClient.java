package io.iodine.samples.dialer;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;

/** Says its lines one by one, each when the last has come back, and goes. */
class EchoClient implements ConnectionHandler {

	private final Queue<String> lines = new ArrayDeque<>(
			List.of("Hello World!", "This alternates text with answers.", "Bye."));

	private final Heard heard;

	EchoClient(Heard heard) {
		this.heard = heard;
	}

	@Override
	public void onOpen(Connection client) {
		sendNext(client);
	}

	@Override
	public void onMessage(Connection client, Message message) {
		this.heard.add("Received: " + message.asText());
		sendNext(client);
	}

	@Override
	public void onClose(Connection client) {
		this.heard.add("Closed: " + client.closeReason().map((reason) -> reason.cause().name()).orElse("-"));
	}

	private void sendNext(Connection client) {
		String line = this.lines.poll();
		if (line == null) {
			client.close();
		}
		else {
			client.write(line);
		}
	}

}
