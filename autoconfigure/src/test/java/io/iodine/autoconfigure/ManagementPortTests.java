package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.UpgradeHandler;
import io.iodine.autoconfigure.FileServer.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/** What a management server on a port of its own has of ours: nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class ManagementPortTests {

	@TempDir
	static Path root;

	FileServer server;

	@BeforeAll
	void start() throws IOException {
		Files.writeString(root.resolve("a.txt"), "a file");
		Files.writeString(root.resolve("index.html"), "index");
		this.server = FileServer.start(List.of(Application.class, Greeter.class), "management.server.port=0",
				"management.server.address=127.0.0.1", "iodine.static.root=" + root,
				"iodine.static.send-file-root=" + root);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void theManagementServerAnswersItsEndpoints() throws IOException {
		assertThat(management("/actuator").status()).isEqualTo(200);
	}

	@Test
	void filesAreServedOnTheMainPortOnly() throws IOException {
		for (int door = 0; door < 2; door++) {
			for (String target : new String[] { "/a.txt", "/" }) {
				assertThat(this.server.get(target).status()).as(target).isEqualTo(200);
				assertThat(management(target).status()).as(target).isEqualTo(404);
			}
		}
	}

	@Test
	void upgradesAreAnsweredOnTheMainPortOnly() throws IOException {
		String[] handshake = { "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" };

		assertThat(ask(this.server.port(), "/greeter", handshake).status()).isEqualTo(101);
		assertThat(ask(managementPort(), "/greeter", handshake).status()).isEqualTo(404);
		assertThat(ask(managementPort(), "/greeter", "Accept: text/event-stream").status()).isEqualTo(404);
	}

	private Answer management(String target) throws IOException {
		return ask(managementPort(), target);
	}

	private int managementPort() {
		return this.server.context().getEnvironment().getRequiredProperty("local.management.port", Integer.class);
	}

	private static Answer ask(int port, String target, String... headers) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(30_000);
			FileServer.write(socket, FileServer.request("GET", target, headers));
			return FileServer.read(socket.getInputStream(), headers.length == 4);
		}
	}

	/** Has no routes of its own. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = { FileServer.WEB_SECURITY, FileServer.MANAGEMENT_SECURITY, FileServer.USER_DETAILS })
	static class Application {

	}

	/** Greets. */
	@UpgradeHandler("/greeter")
	static final class Greeter implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.write("hello");
		}

	}

}
