package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.iodine.connection.ManyPeers.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures how a process goes away that publishes to thousands of clients: with iodine,
 * and with WebFlux alone. Each process needs a file descriptor a client.
 */
@DisabledOnOs(OS.WINDOWS)
class ShutdownProof {

	private static final int EVENT_STREAMS = Integer.getInteger("proof.event-streams", 10_000);

	private static final int WEB_SOCKETS = Integer.getInteger("proof.web-sockets", 5_000);

	/** The default settings: 1,000 at once, every 50 ms. */
	private static final Duration LAST_BATCH = Duration.ofMillis((EVENT_STREAMS + WEB_SOCKETS - 1) / 1000 * 50L);

	@Test
	void withIodine() throws Exception {
		Result result = run("iodine", EVENT_STREAMS, WEB_SOCKETS, FollowedServer.FOLLOW, FollowedServer.FOLLOW);

		assertThat(result.goodbyes()).isEqualTo(EVENT_STREAMS + WEB_SOCKETS);
		assertThat(result.exit().minus(LAST_BATCH)).isLessThan(Duration.ofSeconds(3));
	}

	@Test
	void withWebFluxAlone() throws Exception {
		Result result = run("plain", EVENT_STREAMS, WEB_SOCKETS, FollowedServer.STREAM, FollowedServer.SOCKET);

		assertThat(result.exit()).isPositive();
	}

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	void onAServletContainer(String container) throws Exception {
		Result result = run("iodine", 2_000, 2_000, FollowedServer.FOLLOW, FollowedServer.FOLLOW,
				"--test.server=" + container);

		assertThat(result.goodbyes()).isEqualTo(4_000);
		assertThat(result.exit()).isLessThan(Duration.ofSeconds(3));
	}

	private static Result run(String kind, int eventStreams, int webSockets, String streams, String sockets,
			String... options) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(kind, "--followers=" + (eventStreams + webSockets)));
		arguments.addAll(List.of(options));
		try (ServerProcess server = ServerProcess.start(FollowedServer.class, arguments.toArray(String[]::new));
				ManyPeers peers = new ManyPeers(server.port())) {
			long begin = System.nanoTime();
			peers.connect(eventStreams, Kind.EVENT_STREAM, streams);
			peers.connect(webSockets, Kind.WEB_SOCKET, sockets);
			Duration connected = since(begin);
			peers.readFor(Duration.ofSeconds(2));
			long octets = peers.octets();
			long signal = System.nanoTime();
			server.terminate();
			peers.readFor(Duration.ofSeconds(60));
			Duration ended = since(signal);
			server.awaitExit(Duration.ofSeconds(60));
			Result result = new Result(peers.goodbyes(), since(signal));
			System.out.printf(
					"PROOF kill -TERM, %s: %d event streams and %d WebSockets, connected in %d ms, %d MB read;"
							+ " %d goodbyes, last client gone after %d ms, process after %d ms%n",
					String.join(" ", arguments), eventStreams, webSockets, connected.toMillis(), octets >> 20,
					result.goodbyes(), ended.toMillis(), result.exit().toMillis());
			return result;
		}
	}

	private static Duration since(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	/**
	 * What came of it.
	 *
	 * @param goodbyes how many clients were told
	 * @param exit from the signal to the end of the process
	 */
	private record Result(int goodbyes, Duration exit) {

	}

}
