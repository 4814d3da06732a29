package io.iodine.connection;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** The WebSocket client of the JDK, with its events recorded. */
public final class WebSocketPeer implements WebSocket.Listener, AutoCloseable {

	private static final HttpClient HTTP = TestContainer.CURRENT.isEncrypted()
			? HttpClient.newBuilder().sslContext(TestContainer.trusting()).build() : HttpClient.newHttpClient();

	/** What came, in order. */
	public final Events events = new Events();

	private final StringBuilder text = new StringBuilder();

	private final WebSocket socket;

	private WebSocketPeer(HttpClient http, URI uri, String... subprotocols) {
		WebSocket.Builder builder = http.newWebSocketBuilder();
		if (subprotocols.length > 0) {
			String[] less = Arrays.copyOfRange(subprotocols, 1, subprotocols.length);
			builder.subprotocols(subprotocols[0], less);
		}
		this.socket = builder.buildAsync(uri, this).orTimeout(30, TimeUnit.SECONDS).join();
	}

	/**
	 * Connects.
	 * @param server where to
	 * @param path and how
	 * @param subprotocols what to offer
	 * @return the peer
	 */
	public static WebSocketPeer connect(TestServer server, String path, String... subprotocols) {
		return new WebSocketPeer(HTTP, server.uri("ws", path), subprotocols);
	}

	/**
	 * Connects with a client of the test's own.
	 * @param http the client
	 * @param uri where to
	 * @return the peer
	 */
	public static WebSocketPeer connect(HttpClient http, URI uri) {
		return new WebSocketPeer(http, uri);
	}

	/**
	 * Sends a text message.
	 * @param message the text
	 */
	public void send(String message) {
		this.socket.sendText(message, true).orTimeout(30, TimeUnit.SECONDS).join();
	}

	/**
	 * Sends a binary message.
	 * @param message the bytes
	 */
	public void send(byte[] message) {
		this.socket.sendBinary(ByteBuffer.wrap(message), true).orTimeout(30, TimeUnit.SECONDS).join();
	}

	/**
	 * Waits for what came next.
	 * @return the event
	 */
	public String next() {
		return this.events.next();
	}

	/** The WebSocket itself. */
	public WebSocket socket() {
		return this.socket;
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.events.add("text " + this.text);
			this.text.setLength(0);
		}
		webSocket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
		this.events.add("binary " + StandardCharsets.UTF_8.decode(data));
		webSocket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
		this.events.add(("close " + statusCode + " " + reason).strip());
		return null;
	}

	@Override
	public void onError(WebSocket webSocket, Throwable error) {
		this.events.add("error");
	}

	@Override
	public void close() {
		this.socket.abort();
	}

}
