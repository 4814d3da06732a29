package io.iodine.test;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.annotation.OnOpen;

import org.springframework.stereotype.Service;

/** What the application has that is tested in slices. */
final class SliceComponents {

	private SliceComponents() {
	}

	record Order(String item, int quantity) {

	}

	/** Is no part of the slice. */
	@Service
	static class Orders {

	}

	/** Answers with what it gets. */
	@UpgradeHandler("/echo")
	static class Echo implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("news");
			client.write("hello");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			if (message.isText() && message.asText().equals("leave")) {
				client.close(1008, "as you wish");
			}
			else {
				client.write(message);
			}
		}

	}

	/** Answers by events. */
	@UpgradeHandler("/typed")
	static class Typed {

		@OnOpen
		String open() {
			return "welcome";
		}

		@OnMessage("order")
		String order(Order order) {
			return order.quantity() + " " + order.item();
		}

	}

	/** Is written to by the test. */
	@UpgradeHandler("/flood")
	static class Flood implements ConnectionHandler {

		static final BlockingQueue<Connection> OPENED = new LinkedBlockingQueue<>();

		@Override
		public void onOpen(Connection client) {
			OPENED.add(client);
		}

	}

}
