package io.iodine.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of ending kept-alive connections. */
class KeepAliveDrainTests {

	private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private final KeepAliveDrain drain = new KeepAliveDrain();

	private final GuardedServer server = new GuardedServer(GuardedServer.limits(), EdgeObserver.NONE,
			(plain) -> plain.doOnChannelInit((observer, channel, address) -> this.drain.install(channel)));

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void connectionsAreKeptAliveUntilTheDrainBegins() {
		try (RawClient client = new RawClient(this.server.port())) {
			assertThat(client.send(REQUEST).answer().headers()).doesNotContainKey("connection");
			assertThat(client.send(REQUEST).answer().headers()).doesNotContainKey("connection");
			assertThat(this.drain.open()).isEqualTo(1);
		}
	}

	@Test
	void theFirstAnswerOfTheDrainIsTheLastOfItsConnection() throws Exception {
		try (RawClient client = new RawClient(this.server.port())) {
			client.send(REQUEST).answer();
			this.drain.begin();
			CompletableFuture<Void> closed = this.drain.closed().toCompletableFuture();
			assertThat(closed).isNotDone();

			assertThat(client.send(REQUEST).answer().headers()).containsEntry("connection", "close");

			assertThat(client.rest()).isEmpty();
			closed.get(20, TimeUnit.SECONDS);
			assertThat(this.drain.open()).isZero();
		}
	}

	@Test
	void anAnswerThatIsUnderWayWhenTheDrainBeginsArrivesWhole() {
		try (RawClient client = new RawClient(this.server.port())) {
			client.send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n");
			this.drain.begin();

			RawClient.Answer answer = client.answer();

			assertThat(answer.body()).isEqualTo("late");
			assertThat(answer.headers()).containsEntry("connection", "close");
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void aDrainThatEndedKeepsConnectionsAlive() {
		this.drain.begin();
		this.drain.end();

		try (RawClient client = new RawClient(this.server.port())) {
			assertThat(client.send(REQUEST).answer().headers()).doesNotContainKey("connection");
		}
	}

}
