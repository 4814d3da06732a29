package io.iodine.docs;

import java.security.Principal;
import java.time.Duration;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.PubSub;
import io.iodine.UpgradeHandler;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** The code of {@code docs/recipes.md}. */
final class RecipeExamples {

	private RecipeExamples() {
	}

	// tag::user-channel[]
	@UpgradeHandler("/notifications")
	static class Notifications implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("user:" + user(client));
		}

		private static String user(Connection client) {
			return client.request().flatMap((request) -> request.principal()).map(Principal::getName).orElseThrow();
		}

	}
	// end::user-channel[]

	// tag::service[]
	@Service
	static class Invoices {

		private final PubSub pubSub;

		Invoices(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		void paid(Invoice invoice) {
			this.pubSub.publishJson("user:" + invoice.customer(), invoice);
		}

	}
	// end::service[]

	// tag::kick[]
	static class Kickable implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("kick:" + client.id(), (channel, reason) -> client.close(1008, reason.asText()));
		}

	}
	// end::kick[]

	// tag::others[]
	static class Cursor implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("cursors");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publishOthers("cursors", message);
		}

	}
	// end::others[]

	// tag::prices[]
	@UpgradeHandler(value = "/prices", overflow = Overflow.CONFLATE)
	static class Prices implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribePattern("price:*");
		}

	}
	// end::prices[]

	// tag::ticker[]
	@Service
	static class Clock {

		private final PubSub pubSub;

		Clock(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		@Scheduled(fixedRate = 1000)
		void tick() {
			this.pubSub.publish("clock", String.valueOf(System.currentTimeMillis()));
		}

	}
	// end::ticker[]

	// tag::idle[]
	static class Impatient implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.timeout(Duration.ofSeconds(15));
		}

	}
	// end::idle[]

	// tag::large[]
	static class Upload implements ConnectionHandler {

		@Override
		public void onDrained(Connection client) {
			next(client);
		}

		private void next(Connection client) {
			while (client.pending() < 8 && hasNext()) {
				if (!client.write(nextPart())) {
					return;
				}
			}
		}

		private boolean hasNext() {
			return false;
		}

		private Message nextPart() {
			return Message.binary(new byte[0]);
		}

	}
	// end::large[]

	record Invoice(String customer, long cents) {
	}

}
