package io.iodine.autoconfigure;

import java.time.Duration;

import io.iodine.connection.RawPeer;
import io.iodine.connection.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of the bounds on all sockets of the web server. */
@ExtendWith(OutputCaptureExtension.class)
class SocketLimiterTests {

	@Test
	void clientsInExcessGet503AndAreDisconnectedWithOneWarning(CapturedOutput output) {
		try (TestServer server = TestServer.start("iodine.http.max-connections=2")) {
			try (RawPeer first = new RawPeer(server.port()); RawPeer second = new RawPeer(server.port())) {
				first.get("/missing").expect(404);
				second.get("/missing").expect(404);
				for (int i = 0; i < 100; i++) {
					try (RawPeer excess = new RawPeer(server.port())) {
						assertThat(excess.get("/missing").rest()).startsWith("HTTP/1.1 503").endsWith("\r\n\r\n");
					}
				}
			}
			await().atMost(Duration.ofSeconds(60)).until(() -> status(server) == 404);
		}
		assertThat(output.getOut().split("iodine.http.max-connections", -1)).hasSize(2);
	}

	@Test
	void clientsAreRefusedWhileDescriptorsAreShort(CapturedOutput output) {
		try (TestServer server = TestServer.start("iodine.connections.min-free-descriptors=" + Integer.MAX_VALUE)) {
			assertThat(status(server)).isEqualTo(503);
		}
		assertThat(output).contains("iodine.connections.min-free-descriptors");
	}

	private static int status(TestServer server) {
		try (RawPeer peer = new RawPeer(server.port())) {
			return peer.get("/missing").head().status();
		}
	}

}
