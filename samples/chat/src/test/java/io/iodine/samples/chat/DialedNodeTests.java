package io.iodine.samples.chat;

import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.net.ClientOptions;
import io.iodine.net.Connector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/** WebSockets opened to a server of Node's {@code ws} on a Unix socket. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
class DialedNodeTests {

	private static final URI FEED = URI.create("ws://feed.example/live?from=3");

	@TempDir
	Path folder;

	@Autowired
	private Connector connector;

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private Process node;

	private BufferedReader output;

	@BeforeEach
	void startNode() throws Exception {
		Browser.installDriver();
		this.node = Browser.start("ws-server.js", socket());
		this.output = this.node.inputReader();
		assertThat(this.output.readLine()).isEqualTo("listening");
	}

	@AfterEach
	void stopNode() {
		this.node.destroy();
	}

	@Test
	void nodeSeesWhatWasAskedForAndAnswersMessagesOfBothKinds() throws Exception {
		Connection client = dial(options().header("X-Asked", "yes")
			.cookie("session", "42")
			.subprotocols("one", "two")
			.compression(true));
		client.write("Grüße! ".repeat(20_000));
		client.write(new byte[] { 1, 2, 3 });

		assertThat(this.output.readLine())
			.startsWith("/live?from=3 feed.example session=42 yes two permessage-deflate");
		assertThat(next()).isEqualTo("open two");
		assertThat(next()).isEqualTo("text " + "Grüße! ".repeat(20_000).length());
		assertThat(next()).isEqualTo("binary 3");
		client.write("bye");
		assertThat(next()).isEqualTo("close PEER 4000 told so");
	}

	@Test
	void aMessageOverTheLimitOfTheClientClosesWith1009() throws Exception {
		Connection client = dial(options().maxMessageSize(1000));

		client.write("x".repeat(1001));

		assertThat(next()).isEqualTo("open ");
		assertThat(next()).startsWith("close PROTOCOL_ERROR 1009");
	}

	@Test
	void aKilledNodeIsHeardOfInOnClose() throws Exception {
		dial(options());
		assertThat(next()).isEqualTo("open ");

		this.node.destroyForcibly();

		assertThat(next()).startsWith("close PEER 1006");
	}

	private Connection dial(ClientOptions options) {
		return this.connector.connect(FEED, new Recorder(this.heard), options);
	}

	private ClientOptions options() {
		return ClientOptions.DEFAULTS.unixSocket(socket());
	}

	private String socket() {
		return this.folder.resolve("node.sock").toString();
	}

	private String next() throws InterruptedException {
		return this.heard.poll(30, TimeUnit.SECONDS);
	}

	/**
	 * Records what it hears.
	 *
	 * @param heard what was heard
	 */
	private record Recorder(BlockingQueue<String> heard) implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			this.heard.add("open " + client.subprotocol().orElse(""));
		}

		@Override
		public void onMessage(Connection client, Message message) {
			this.heard.add(message.isText() ? "text " + message.asText().length() : "binary " + message.size());
		}

		@Override
		public void onClose(Connection client) {
			client.closeReason()
				.ifPresent((reason) -> this.heard
					.add("close " + reason.cause() + " " + reason.code() + " " + reason.text()));
		}

	}

}
