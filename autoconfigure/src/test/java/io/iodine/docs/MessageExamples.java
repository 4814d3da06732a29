package io.iodine.docs;

import java.time.Duration;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;

/** The code of {@code docs/messages.md}. */
final class MessageExamples {

	private MessageExamples() {
	}

	// tag::json[]
	record Move(String piece, int x, int y) {
	}

	@UpgradeHandler("/game")
	static class Game implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			Move move = message.json(Move.class);
			client.publishJson("game", move);
			client.writeJson(move);
		}

	}
	// end::json[]

	static void event(Connection client) {
		// tag::event[]
		client.write(Message.text("{\"price\":42}").event("price").id("17").retry(Duration.ofSeconds(5)));
		// end::event[]
	}

}
