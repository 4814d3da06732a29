package io.iodine.samples.telnet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelnetApplication}.
 */
@SpringBootTest(properties = { "telnet.port=0", "telnet.echo-port=0", "telnet.article-port=0",
		"telnet.socket=/tmp/iodine-telnet-test.sock" })
@Timeout(60)
class TelnetApplicationTests {

	@Autowired
	private Environment environment;

	@Test
	void theEchoGoesWhenToldBye() throws IOException {
		try (Socket socket = connect("echo")) {
			socket.getOutputStream().write("hello\nbye\n".getBytes(StandardCharsets.UTF_8));

			assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello\nbye\n");
		}
	}

	@Test
	void guestsOfTheChatHearEachOther() throws IOException {
		try (Socket eva = connect("chat"); Socket adam = connect("chat")) {
			said(eva, "Please enter your name:\n", "Eva\r\n", "Eva joined the chat.\n");
			said(adam, "Please enter your name:\n", "Adam\n", "Adam joined the chat.\n");
			said(eva, "Adam joined the chat.\n", "Hi\r\n", "Eva: Hi\n");
			said(adam, "Eva: Hi\n", "", "");
		}
	}

	private Socket connect(String listener) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(),
				this.environment.getRequiredProperty("local.iodine." + listener + ".port", Integer.class));
		// a read that waits can't be interrupted
		socket.setSoTimeout(20_000);
		return socket;
	}

	private static void said(Socket socket, String before, String line, String after) throws IOException {
		assertThat(socket.getInputStream().readNBytes(before.length())).asString().isEqualTo(before);
		socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
		assertThat(socket.getInputStream().readNBytes(after.length())).asString().isEqualTo(after);
	}

}
