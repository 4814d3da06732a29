package io.iodine.samples.dialer;

import java.time.Duration;

import io.iodine.net.Client;
import io.iodine.net.Clients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DialerApplication}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DialerApplicationTests {

	@Autowired
	private Heard heard;

	@Autowired
	private Clients clients;

	@Test
	void theEchoClientSaysItsLinesAndTheFeedStays() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.heard.lines()).contains("Received: Hello World!", "Received: Bye.",
					"Closed: LOCAL", "Feed: I am back.", "Client feed is CONNECTED"));
		assertThat(this.clients.find("feed")).map(Client::state).contains(Client.State.CONNECTED);
	}

}
