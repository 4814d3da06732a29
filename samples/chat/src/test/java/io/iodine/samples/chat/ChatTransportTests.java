package io.iodine.samples.chat;

import java.util.stream.Stream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * How the chat travels to clients of others: to a real Chromium, by
 * {@code transport.test.js}, and to Node's {@code ws}, by {@code ws.test.js}.
 */
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
class ChatTransportTests {

	private static final String SMALL = "iodine.compression.min-size=16B";

	private static final String SHARED = "permessage-deflate";

	/** On a socket of its own, compressed for all alike. */
	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { SMALL, "iodine.compression.enabled=true" })
	class Shared {

		@LocalServerPort
		private int port;

		@Test
		void chromiumAgreesOnCompression() throws Exception {
			run("transport.test.js", "http://localhost:" + this.port, "101", SHARED);
		}

		@Test
		void nodeAgreesOnWhatCanBeKept() throws Exception {
			run("ws.test.js", "http://localhost:" + this.port, SHARED);
		}

	}

	/** On a stream of HTTP/2, compressed for each. */
	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { SMALL, "iodine.compression.enabled=true", "iodine.compression.mode=dedicated",
					"iodine.tls.enabled=true", "server.http2.enabled=true" })
	class Dedicated {

		@LocalServerPort
		private int port;

		@Test
		void chromiumOpensItsWebSocketOnAStreamOfHttp2() throws Exception {
			run("transport.test.js", "https://localhost:" + this.port, "200", "permessage-deflate");
		}

		@Test
		void nodeAgreesOnWhatCanBeKept() throws Exception {
			run("ws.test.js", "https://localhost:" + this.port, "permessage-deflate");
		}

	}

	private static void run(String script, String url, String... expected) throws Exception {
		Browser.installDriver();
		Browser.run(Stream.concat(Stream.of("node", script, url, Browser.chromium().toString()), Stream.of(expected))
			.toArray(String[]::new));
	}

}
