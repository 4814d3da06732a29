package io.iodine.connection;

import java.io.IOException;
import java.time.Duration;

import io.iodine.connection.ManyPeers.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of a process that is told to go away while it publishes. */
@DisabledOnOs(OS.WINDOWS)
class SignalTests {

	private static final int TERMINATED = 128 + 15;

	@Test
	void everyoneGetsAGoodbyeAndTheProcessIsGone() throws Exception {
		try (ServerProcess server = ServerProcess.start(FollowedServer.class, "iodine");
				ManyPeers peers = new ManyPeers(server.port())) {
			peers.connect(500, Kind.EVENT_STREAM, FollowedServer.FOLLOW);
			peers.connect(500, Kind.WEB_SOCKET, FollowedServer.FOLLOW);

			server.terminate();
			peers.readFor(Duration.ofSeconds(30));

			assertThat(peers.ended()).isEqualTo(1000);
			assertThat(peers.goodbyes()).isEqualTo(1000);
			assertThat(server.awaitExit(Duration.ofSeconds(20))).isEqualTo(TERMINATED);
		}
	}

	@Test
	void aSecondSignalChangesNothingAndWhoeverStaysIsCutOff() throws IOException, InterruptedException {
		try (ServerProcess server = ServerProcess.start(FollowedServer.class, "iodine", "--iodine.shutdown.timeout=2s",
				"--logging.level.io.iodine=off"); RawPeer stubborn = new RawPeer(server.port())) {
			stubborn.handshake(FollowedServer.FOLLOW).expect(101);

			long begin = System.nanoTime();
			server.terminate();
			awaitGoodbye(stubborn);
			server.terminate();

			assertThat(server.awaitExit(Duration.ofSeconds(20))).isEqualTo(TERMINATED);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("the time that clients have")
				.isGreaterThanOrEqualTo(Duration.ofSeconds(2));
		}
	}

	private static void awaitGoodbye(RawPeer peer) {
		String frame = peer.frame().toString();
		while (!frame.equals("close 1001")) {
			assertThat(frame).startsWith("text ");
			frame = peer.frame().toString();
		}
	}

}
