package io.iodine.samples.chat;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real Chromium, driven by {@code src/test/browser/chat.test.js}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DisabledIfSystemProperty(named = "skipBrowserTests", matches = "true|")
class ChatPageTests {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	@LocalServerPort
	private int port;

	@Test
	void twoTabsTalkAThirdFollowsAndAReloadRejoins() throws Exception {
		String chromium = Browser.chromium().toString();
		String url = "http://localhost:" + this.port;
		Browser.installDriver();

		Browser.run("node", "chat.test.js", url, chromium, SCREENSHOTS.toAbsolutePath().toString());

		assertThat(SCREENSHOTS.resolve("chat-light.png")).isNotEmptyFile();
		assertThat(SCREENSHOTS.resolve("chat-dark.png")).isNotEmptyFile();
	}

}
