package io.iodine.test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.iodine.CloseReason.Cause;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.Upgrade;
import io.iodine.Upgrader;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TestConnectionTests {

	@Test
	void aRawConnectionTellsWhichFramerFollowsTheAnswer() {
		TestConnection client = TestConnection.openRaw(new ConnectionHandler() {

			@Override
			public void onOpen(Connection opened) {
				opened.framer(Framer.line(), Message.text("ready"));
			}

		});

		assertThat(client.framer()).contains(Framer.line());
		assertThat(client.written()).containsExactly(Message.text("ready"));
	}

	@Test
	void onlyARawConnectionHasAFramer() {
		TestConnection client = TestConnection.open(new ConnectionHandler() {
		});

		assertThatIllegalStateException().isThrownBy(() -> client.framer(Framer.line()));
	}

	@Test
	void theTimeToCloseAndTheDataOfAMemberAreRecorded() {
		TestConnection client = TestConnection.open(new ConnectionHandler() {
		});
		Instant expiry = Instant.parse("2030-01-01T00:00:00Z");

		client.closeAt(expiry, 4401, "credentials expired");
		client.join("room", "ann", "fine");

		assertThat(client.closesAt()).contains(expiry);
		assertThat(client.memberData("room")).contains("fine");
		client.join("room", "ann");
		assertThat(client.memberData("room")).isEmpty();
	}

	@Test
	void whatAHandlerWritesPublishesAndSubscribesToIsRecorded() {
		TestConnection client = TestConnection.open(new Chat());

		client.receive("hello");

		assertThat(client.texts()).containsExactly("welcome");
		assertThat(client.channels()).containsExactly("chat");
		assertThat(client.published("chat")).extracting(Message::asText).containsExactly("hello");
	}

	@Test
	void aChannelsMessageIsWrittenToASubscriber() {
		TestConnection client = TestConnection.open(new Chat());

		assertThat(client.deliver("chat", Message.text("from another"))).isTrue();
		assertThat(client.deliver("elsewhere", Message.text("not for this client"))).isFalse();

		assertThat(client.texts()).containsExactly("welcome", "from another");
	}

	@Test
	void whatAStalledPeerDoesNotReadIsPendingUntilItDrains() {
		List<String> drained = new ArrayList<>();
		TestConnection client = TestConnection.open(new ConnectionHandler() {
			@Override
			public void onDrained(Connection client) {
				drained.add("drained");
			}
		});

		client.stall();
		client.write("one");
		client.write("two");

		assertThat(client.pending()).isEqualTo(2);
		client.drain();
		assertThat(client.pending()).isZero();
		assertThat(drained).containsExactly("drained");
	}

	@Test
	void onCloseRunsOnceAndLastWhenPendingWritesWereSent() {
		List<String> events = new ArrayList<>();
		TestConnection client = TestConnection.open(new ConnectionHandler() {
			@Override
			public void onClose(Connection client) {
				events.add("closed with pending " + client.pending());
			}
		});
		client.stall();
		client.write("last");

		client.close(4000, "enough");
		client.close();

		assertThat(client.isOpen()).isFalse();
		assertThat(events).isEmpty();
		client.drain();
		assertThat(events).containsExactly("closed with pending -1");
		assertThat(client.closeReason()).hasValueSatisfying((reason) -> {
			assertThat(reason.cause()).isEqualTo(Cause.LOCAL);
			assertThat(reason.code()).isEqualTo(4000);
		});
		assertThat(client.write("too late")).isFalse();
	}

	@Test
	void deferredTasksAndTheNextHandlerRunAfterTheCallback() {
		List<String> events = new ArrayList<>();
		ConnectionHandler next = new ConnectionHandler() {
			@Override
			public void onOpen(Connection client) {
				events.add("next opens");
			}
		};
		TestConnection.open(new ConnectionHandler() {
			@Override
			public void onOpen(Connection client) {
				client.defer(() -> events.add("deferred"));
				client.handler(next);
				events.add("opened");
			}

			@Override
			public void onClose(Connection client) {
				events.add("former closes");
			}
		});

		assertThat(events).containsExactly("opened", "deferred", "former closes", "next opens");
	}

	@Test
	void anExceptionOfACallbackFailsTheTest() {
		TestConnection client = TestConnection.open(new ConnectionHandler() {
			@Override
			public void onMessage(Connection client, Message message) throws IOException {
				throw new IOException("no disk");
			}
		});

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> client.receive("x"))
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void thePeerOfAnEventStreamSendsNothing() {
		TestConnection client = TestConnection.open(new Chat(), TestUpgradeRequest.eventStream("/chat"));

		assertThat(client.protocol()).isEqualTo(Protocol.SSE);
		assertThatIllegalStateException().isThrownBy(() -> client.receive("x"));
	}

	@Test
	void anUpgraderIsTestedWithARequest() throws Exception {
		Upgrader upgrader = (request) -> request.principal().isPresent()
				? Upgrade.accept(new Chat()).subprotocol(request.subprotocols().get(0)) : Upgrade.reject(401);
		TestUpgradeRequest request = TestUpgradeRequest.webSocket("/chat?room=a%20b&room=c")
			.header("Sec-WebSocket-Protocol", "v2, v1")
			.header("Cookie", "a=1; theme=dark");

		assertThat(upgrader.upgrade(request)).isEqualTo(Upgrade.reject(401));
		assertThat(upgrader.upgrade(request.principal("ann"))).isInstanceOf(Upgrade.Accept.class);
		assertThat(request.queryParams().get("room")).containsExactly("a b", "c");
		assertThat(request.cookie("theme")).hasValue("dark");
		assertThat(request.header("sec-websocket-protocol")).hasValue("v2, v1");
	}

	private static final class Chat implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("chat");
			client.write("welcome");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.publish("chat", message);
		}

	}

}
