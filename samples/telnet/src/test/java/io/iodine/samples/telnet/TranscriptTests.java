package io.iodine.samples.telnet;

import java.nio.file.Files;
import java.nio.file.Path;

import io.iodine.net.ActiveListener;
import io.iodine.net.Listeners;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code nc} and {@code socat} show of the sample, byte for byte. */
@Timeout(60)
class TranscriptTests {

	/** The listener of the event loop has no name but its URL. */
	private static final String ARTICLE = "tcp://127.0.0.1:0";

	@TempDir
	Path folder;

	private ConfigurableApplicationContext application;

	@BeforeEach
	void start() {
		this.application = new SpringApplicationBuilder(TelnetApplication.class).properties("logging.level.root=warn")
			.run("--telnet.port=0", "--telnet.echo-port=0", "--telnet.article-port=0",
					"--telnet.socket=" + this.folder.resolve("chat.sock"));
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void guestsOnTcpAndOnTheUnixSocketShareTheChat() throws Exception {
		try (Terminal eva = nc("chat");
				Terminal adam = Terminal.run("socat", "-", "UNIX-CONNECT:" + this.folder.resolve("chat.sock"))) {
			eva.shows("Please enter your name:\n").type("Eva\r\n").shows("Eva joined the chat.\n");
			adam.shows("Please enter your name:\n").type("Adam\n").shows("Adam joined the chat.\n");
			eva.shows("Adam joined the chat.\n").type("Hi\r\n");
			adam.shows("Eva: Hi\n").type("Hello, Eva\n").shows("Adam: Hello, Eva\n");
			adam.end();
			eva.shows("Eva: Hi\nAdam: Hello, Eva\nAdam left the chat.\n");
			assertThat(adam.transcript()).isEqualTo("""
					Please enter your name:
					Adam joined the chat.
					Eva: Hi
					Adam: Hello, Eva
					""");

			this.application.close();

			assertThat(eva.end().transcript()).isEqualTo("""
					Please enter your name:
					Eva joined the chat.
					Adam joined the chat.
					Eva: Hi
					Adam: Hello, Eva
					Adam left the chat.
					The server is shutting down... goodbye.
					""");
			assertThat(this.folder.resolve("chat.sock")).doesNotExist();
		}
	}

	@Test
	void theChatOfTheArticleReadsAsTheArticleShows() throws Exception {
		try (Terminal one = nc(ARTICLE)) {
			// the first is told nothing of its own arrival
			Awaitility.await().until(() -> listener(ARTICLE).connections() == 1);
			try (Terminal two = nc(ARTICLE)) {
				one.shows("User #2 joined\n");
				two.type("Hi\n").shows("User #2 said: Hi\n");
				one.shows("User #2 said: Hi\n").type("Hi\n").shows("User #1 said: Hi\n");
				two.shows("User #1 said: Hi\n").type("Bye\n").shows("User #2 said: Bye\n");
				one.shows("User #2 said: Bye\n");
			}
			one.shows("User #2 left");
		}
	}

	@Test
	void theEchoAnswersWhatCameBeforeTheEndOfInput() throws Exception {
		try (Terminal terminal = Terminal.run("nc", "-N", "127.0.0.1", port("echo"))) {
			assertThat(terminal.type("one\ntwo\n").end().transcript()).isEqualTo("one\ntwo\n");
		}
		Path spoken = Files.writeString(this.folder.resolve("spoken"), "hello\r\nBye\n");
		try (Terminal terminal = Terminal.run("socat", "-t20", "TCP:127.0.0.1:" + port("echo"),
				"OPEN:" + spoken + ",rdonly!!STDOUT")) {
			assertThat(terminal.transcript()).isEqualTo("hello\nBye\n");
		}
	}

	private Terminal nc(String listener) {
		return Terminal.run("nc", "127.0.0.1", port(listener));
	}

	private String port(String listener) {
		return String.valueOf(listener(listener).port());
	}

	private ActiveListener listener(String name) {
		return this.application.getBean(Listeners.class).find(name).orElseThrow();
	}

}
