package io.iodine.connection;

import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.container.jdk.client.JdkClientContainer;
import org.glassfish.tyrus.ext.extension.deflate.PerMessageDeflateExtension;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of compressed messages with the clients of Jetty and Tyrus, in the default mode.
 */
@Timeout(60)
@Tag("clear-text") // whose clients know no certificate
@OnEachWebServer
class ForeignClientTests {

	/** Short and long, alike and not, in several encodings of UTF-8. */
	private static final List<String> TEXTS = IntStream.range(0, 100)
		.mapToObj((number) -> number + ": " + "compressed übung 🙂 ".repeat(1 + number * 13 % 97))
		.toList();

	@AutoClose
	private final TestServer server = TestServer.start("iodine.compression.enabled=true");

	private final Recorder echo = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	};

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@Test
	void jettyExchangesCompressedMessages() throws Exception {
		WebSocketClient jetty = new WebSocketClient();
		jetty.start();
		try {
			ClientUpgradeRequest request = new ClientUpgradeRequest(uri());
			request.addExtensions("permessage-deflate");
			Session session = jetty.connect(new JettyListener(), request).get(30, TimeUnit.SECONDS);
			for (String text : TEXTS) {
				session.sendText(text, Callback.NOOP);

				assertThat(next()).isEqualTo(text);
			}

			assertThat(session.getUpgradeResponse().getExtensions()).singleElement()
				.satisfies((agreed) -> assertThat(agreed.getName()).isEqualTo("permessage-deflate"));
			session.close();
			assertThat(next()).isEqualTo("closed with 1000");
		}
		finally {
			jetty.stop();
		}
	}

	@Test
	void aHandlerMayDoWithoutCompression() throws Exception {
		WebSocketClient jetty = new WebSocketClient();
		jetty.start();
		try (TestServer plain = TestServer.start(List.of(Uncompressed.class), "iodine.compression.enabled=true")) {
			ClientUpgradeRequest request = new ClientUpgradeRequest(plain.uri("ws", "/plain"));
			request.addExtensions("permessage-deflate");
			Session session = jetty.connect(new JettyListener(), request).get(30, TimeUnit.SECONDS);
			session.sendText(TEXTS.get(50), Callback.NOOP);

			assertThat(next()).isEqualTo(TEXTS.get(50));
			assertThat(session.getUpgradeResponse().getExtensions()).isEmpty();
		}
		finally {
			jetty.stop();
		}
	}

	@UpgradeHandler(value = "/plain", compression = false)
	static final class Uncompressed implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	@Test
	void tyrusExchangesCompressedMessages() throws Exception {
		ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
			.extensions(List.of(new PerMessageDeflateExtension()))
			.build();
		jakarta.websocket.Session session = ClientManager.createClient(JdkClientContainer.class.getName())
			.connectToServer(new TyrusEndpoint(), config, uri());
		for (String text : TEXTS) {
			session.getBasicRemote().sendText(text);

			assertThat(next()).isEqualTo(text);
		}

		assertThat(session.getNegotiatedExtensions()).extracting(Extension::getName)
			.containsExactly("permessage-deflate");
		session.close();
		assertThat(next()).isEqualTo("closed with 1000");
	}

	private URI uri() {
		return this.server.uri("ws", this.server.serve(this.echo));
	}

	private String next() throws InterruptedException {
		return String.valueOf(this.heard.poll(30, TimeUnit.SECONDS));
	}

	/** Hears with Jetty. */
	public final class JettyListener implements Session.Listener.AutoDemanding {

		@Override
		public void onWebSocketText(String text) {
			ForeignClientTests.this.heard.add(text);
		}

		@Override
		public void onWebSocketError(Throwable failure) {
			ForeignClientTests.this.heard.add("failed with " + failure);
		}

		@Override
		public void onWebSocketClose(int code, String reason, Callback callback) {
			ForeignClientTests.this.heard.add("closed with " + code);
			callback.succeed();
		}

	}

	/** Hears with Tyrus. */
	private final class TyrusEndpoint extends Endpoint {

		@Override
		public void onOpen(jakarta.websocket.Session session, EndpointConfig config) {
			session.addMessageHandler(String.class, (MessageHandler.Whole<String>) ForeignClientTests.this.heard::add);
		}

		@Override
		public void onError(jakarta.websocket.Session session, Throwable failure) {
			ForeignClientTests.this.heard.add("failed with " + failure);
		}

		@Override
		public void onClose(jakarta.websocket.Session session, CloseReason reason) {
			ForeignClientTests.this.heard.add("closed with " + reason.getCloseCode().getCode());
		}

	}

}
