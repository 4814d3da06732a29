package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.connection.EmbeddedConnections.Client;
import io.iodine.connection.limit.AdmissionLimits;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the turn that listeners of channels take among the callbacks. */
class ConnectionListenerTests {

	private final EmbeddedConnections connections = new EmbeddedConnections(
			EmbeddedConnections.settings(64, 100_000, AdmissionLimits.NONE));

	private final List<String> heard = new ArrayList<>();

	private final Client client = this.connections.open(Protocol.RAW, new ConnectionHandler() {

		@Override
		public void onMessage(Connection connection, Message message) throws Exception {
			ConnectionListenerTests.this.heard.add("begins");
			publish("inside");
			ConnectionListenerTests.this.heard.add("ends");
		}

	}, false, Overflow.DROP_NEWEST);

	@AfterEach
	void end() {
		this.client.end();
		this.connections.runCallbacks();
	}

	@Test
	void aListenerIsCalledAfterTheCallbackThatRuns() {
		subscribe();
		this.client.receive(Unpooled.copiedBuffer("x", UTF_8));

		this.connections.runCallbacks(1);

		assertThat(this.heard).containsExactly("begins", "ends", "listener inside");
	}

	@Test
	void aListenerIsCalledByTheExecutorOfCallbacks() throws Exception {
		subscribe();

		publish("outside");

		assertThat(this.heard).isEmpty();
		this.connections.runCallbacks();
		assertThat(this.heard).containsExactly("listener outside");
	}

	@Test
	void aListenerWaitsForTheMessagesBefore() throws Exception {
		subscribe();
		this.client.receive(Unpooled.copiedBuffer("x", UTF_8));
		publish("outside");

		assertThat(this.heard).isEmpty();
		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("begins", "ends", "listener outside", "listener inside");
	}

	@Test
	void aListenerThatEndedWhileAMessageWaitedIsNotCalled() throws Exception {
		subscribe();
		publish("outside");

		this.client.connection().unsubscribe("chat");
		this.connections.runCallbacks();

		assertThat(this.heard).isEmpty();
	}

	@Test
	void messagesForListenersAreBounded() throws Exception {
		subscribe();
		for (int i = 0; i < 6; i++) {
			publish("" + i);
		}

		this.connections.runCallbacks();

		assertThat(this.heard).containsExactly("listener 0", "listener 1", "listener 2", "listener 3");
		assertThat(this.connections.observed()).containsExactly("dropped 1", "dropped 1");
		publish("again");
		this.connections.runCallbacks();
		assertThat(this.heard).last().isEqualTo("listener again");
	}

	private void subscribe() {
		assertThat(this.client.connection()
			.subscribe("chat", (channel, message) -> this.heard.add("listener " + message.asText()))).isTrue();
		this.client.socket().runPendingTasks();
	}

	private void publish(String text) throws Exception {
		this.connections.publish("chat", Message.text(text));
		this.client.socket().runPendingTasks();
	}

}
