package io.iodine.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What is logged of connections, subscriptions, publishing and the graceful shutdown. */
@ExtendWith(OutputCaptureExtension.class)
class EventLogTests {

	@Test
	void connectionsSubscriptionsAndMessagesAreLoggedAtDebug(CapturedOutput output) throws Exception {
		converse("logging.level.io.iodine=debug");

		assertThat(output).containsPattern("DEBUG .*Connection \\S+ opened: WEBSOCKET /threads/")
			.containsPattern("DEBUG .* subscribes to channel 'news'")
			.containsPattern("DEBUG .*Published 5 bytes to channel 'news' by ")
			.containsPattern("DEBUG .* unsubscribes from channel 'news'")
			.containsPattern("DEBUG .*Connection \\S+ closed: SHUTDOWN 1001, 0 messages received, 1 sent");
	}

	@Test
	void theGracefulShutdownIsLoggedAtInfoAndNothingElseIs(CapturedOutput output) throws Exception {
		converse("logging.level.io.iodine=info");

		assertThat(output).containsPattern("INFO .*Draining 1 connections, for up to 10000 ms")
			.containsPattern("INFO .*Drained in \\d+ ms, 0 connections left")
			.doesNotContain("DEBUG", "subscribes", "Published");
	}

	private static void converse(String level) throws Exception {
		Recorder recorder = new Recorder();
		TestServer server = TestServer.start(level);
		try (RawPeer peer = RawPeer.webSocket(server, server.serve(recorder))) {
			recorder.client().subscribe("news");
			server.pubSub().publish("news", "hello");
			assertThat(peer.frame()).hasToString("text hello");
			recorder.client().unsubscribe("news");
			CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
			assertThat(peer.frame()).hasToString("close 1001");
			peer.send(RawPeer.closeFrame(1001, ""));
			closed.get(30, TimeUnit.SECONDS);
		}
	}

}
