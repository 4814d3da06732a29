package io.iodine.security;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.iodine.CloseReason;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Subscription;
import io.iodine.connection.CloseRequestChannel;
import io.iodine.connection.ConnectionObserver.Traffic;
import io.iodine.test.TestConnection;
import io.iodine.test.TestUpgradeRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/** Tests for {@link SessionConnections}, of two processes. */
class SessionConnectionsTests {

	private final Requests requests = new Requests();

	private final SessionConnections here = new SessionConnections(this.requests);

	private final SessionConnections there = new SessionConnections(this.requests);

	@Test
	void theEndOfASessionClosesItsConnectionsInAllProcesses() {
		TestConnection first = open(this.here, "one");
		TestConnection second = open(this.there, "one");
		TestConnection other = open(this.there, "two");

		this.here.ended("one");

		assertThat(code(first)).isEqualTo(4401);
		assertThat(code(second)).isEqualTo(4401);
		assertThat(other.isOpen()).isTrue();
	}

	@Test
	void theIdOfASessionStaysInItsProcess() {
		open(this.there, "a secret id");

		this.here.ended("a secret id");

		assertThat(this.requests.published).singleElement().asString().doesNotContain("secret");
	}

	@Test
	void anEndedSessionThatOnlyThisProcessKnowsIsFoundByItsAge() {
		AtomicBoolean live = new AtomicBoolean(true);
		TestConnection client = open(this.here, new BoundSession("one", true, live::get));
		this.here.sweep();
		assertThat(client.isOpen()).isTrue();

		live.set(false);
		this.here.sweep();

		assertThat(code(client)).isEqualTo(4401);
	}

	@Test
	void aSessionThatEndedDuringTheHandshakeClosesItsConnection() {
		TestConnection client = open(this.here, new BoundSession("one", true, () -> false));

		assertThat(code(client)).isEqualTo(4401);
		assertThat(this.here.isEmpty()).isTrue();
	}

	@Test
	void aRenamedSessionIsFollowed() {
		TestConnection client = open(this.there, "former");

		this.there.renamed("former", "next");
		this.here.ended("former");
		assertThat(client.isOpen()).isTrue();
		this.here.ended("next");

		assertThat(code(client)).isEqualTo(4401);
	}

	@Test
	void closedConnectionsAndRegistriesLeaveNothing() {
		TestConnection client = open(this.here, "one");
		assertThat(this.here.hasAny("one")).isTrue();

		this.here.closed(client, new CloseReason(CloseReason.Cause.PEER, 1000, ""), new Traffic(0, 0, 0, 0, 0));
		this.here.close();
		open(this.here, "two");

		assertThat(this.here.hasAny("one")).isFalse();
		assertThat(this.requests.listeners).isEmpty();
	}

	private static TestConnection open(SessionConnections registry, String session) {
		return open(registry, new BoundSession(session, true, () -> true));
	}

	private static TestConnection open(SessionConnections registry, BoundSession session) {
		TestUpgradeRequest request = TestUpgradeRequest.webSocket("/chat");
		SessionConnections.bind(request, session);
		TestConnection client = TestConnection.open(new ConnectionHandler() {
		}, request);
		registry.opened(client);
		return client;
	}

	private static int code(TestConnection client) {
		return client.closeReason().orElseThrow().code();
	}

	/** The channel of both processes. */
	private static final class Requests implements CloseRequestChannel {

		private final List<MessageListener> listeners = new ArrayList<>();

		private final List<String> published = new ArrayList<>();

		@Override
		public Subscription subscribe(MessageListener listener) {
			this.listeners.add(listener);
			Subscription subscription = mock(Subscription.class);
			doAnswer((call) -> this.listeners.remove(listener)).when(subscription).close();
			return subscription;
		}

		@Override
		public boolean publish(Message request) {
			this.published.add(request.asText());
			for (MessageListener listener : List.copyOf(this.listeners)) {
				deliver(listener, request);
			}
			return true;
		}

		private static void deliver(MessageListener listener, Message request) {
			try {
				listener.onMessage("sessions", request);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
