package io.iodine.samples.cluster;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** The application in one process, as a test runs it whatever the number of processes. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ClusterApplicationTests {

	@LocalServerPort
	private int port;

	@Test
	void aClientLearnsWhichProcessServesItAndHearsWhatIsSaid() throws Exception {
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		WebSocket socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:" + this.port + "/chat"), new Texts(heard))
			.get(30, TimeUnit.SECONDS);

		assertThat(heard.poll(30, TimeUnit.SECONDS))
			.isEqualTo("{\"worker\":1,\"generation\":1,\"pid\":" + ProcessHandle.current().pid() + "}");
		socket.sendText("hello", true).join();
		assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("{\"from\":1,\"text\":\"hello\"}");
		socket.abort();
	}

	private record Texts(BlockingQueue<String> heard) implements WebSocket.Listener {

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.heard.add(data.toString());
			socket.request(1);
			return null;
		}

	}

}
