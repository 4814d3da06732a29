package io.iodine.connection;

import java.time.Duration;
import java.util.List;

import io.iodine.Connection;
import io.iodine.Message;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of compression with the client of Reactor Netty. */
class ReactorNettyClientTests {

	@ParameterizedTest
	@ValueSource(strings = { "shared", "dedicated" })
	void messagesAreCompressedInBothDirections(String mode) {
		Recorder echo = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) {
				client.write(message);
			}

		};
		List<String> texts = List.of("a".repeat(1000), "ab".repeat(1000), "a".repeat(1000), "ü".repeat(3000));
		try (TestServer server = TestServer.start("iodine.compression.enabled=true",
				"iodine.compression.mode=" + mode)) {
			List<String> echoed = HttpClient.create()
				.websocket(WebsocketClientSpec.builder().compress(true).build())
				.uri(server.uri("ws", server.serve(echo)))
				.handle((in, out) -> out.sendString(Flux.fromIterable(texts))
					.then()
					.thenMany(in.aggregateFrames().receive().asString().take(texts.size())))
				.collectList()
				.block(Duration.ofSeconds(30));

			assertThat(echoed).isEqualTo(texts);
		}
	}

}
