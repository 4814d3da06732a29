package io.iodine.docs;

import java.time.Duration;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.test.IodineTest;
import io.iodine.test.IodineTestClient;
import io.iodine.test.TestConnection;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** The code of {@code docs/testing.md}. */
final class TestingExamples {

	private TestingExamples() {
	}

	static void unit() {
		// tag::unit[]
		TestConnection client = TestConnection.open(new Chat());
		client.receive("hello");
		client.advance(Duration.ofMinutes(10));

		assertThat(client.texts()).containsExactly("You're now in the chatroom.");
		assertThat(client.published("chat")).containsExactly(Message.text("hello"));
		assertThat(client.isOpen()).isTrue();
		// end::unit[]
	}

	/** A handler to be tested. */
	static class Chat implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write("You're now in the chatroom.");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("chat", message);
		}

	}

	// tag::slice[]
	@IodineTest
	static class OrdersTests {

		@LocalServerPort
		private int port;

		@Test
		void anOrderIsAcknowledged() {
			try (IodineTestClient client = IodineTestClient.at(this.port).open("/orders")) {
				Map<?, ?> reply = client.request("order.place", "{\"item\": \"tea\"}");

				assertThat(reply.get("data")).isEqualTo("tea");
			}
		}

		@Test
		void strangersAreClosed() {
			try (IodineTestClient client = IodineTestClient.at(this.port).header("Cookie", "none").open("/members")) {
				client.expectClosed(1008);
			}
		}

	}
	// end::slice[]

}
