package io.iodine.test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client for tests against a real port, whose methods block: each
 * {@code expect} method waits for the next event of the connection and fails when another
 * one comes, or none in time.
 *
 * <pre>{@code
 * try (IodineTestClient client = IodineTestClient.at(port).open("/chat")) {
 *   client.send("hello");
 *   client.expectText("hello");
 * }
 * }</pre>
 */
public final class IodineTestClient implements AutoCloseable {

	private final WebSocket socket;

	private final ReceivedEvents events;

	private final Duration timeout;

	private int requests;

	private IodineTestClient(WebSocket socket, ReceivedEvents events, Duration timeout) {
		this.socket = socket;
		this.events = events;
		this.timeout = timeout;
	}

	/**
	 * Begins a handshake with a server of this machine.
	 * @param port its port
	 * @return the handshake
	 */
	public static Handshake at(int port) {
		return new Handshake(port);
	}

	/**
	 * Sends a text message.
	 * @param text the text
	 */
	public void send(String text) {
		await("send", () -> this.socket.sendText(text, true).get(millis(), TimeUnit.MILLISECONDS));
	}

	/**
	 * Sends a binary message.
	 * @param bytes the content
	 */
	public void send(byte[] bytes) {
		await("send", () -> this.socket.sendBinary(ByteBuffer.wrap(bytes), true).get(millis(), TimeUnit.MILLISECONDS));
	}

	/**
	 * Sends an event in the envelope of typed handlers.
	 * @param event the name of the event
	 * @param json its data, as JSON
	 */
	public void send(String event, String json) {
		send("{\"event\":" + quoted(event) + ",\"data\":" + json + "}");
	}

	/**
	 * Sends an event that asks for an acknowledgement, and waits for it; what comes
	 * before it is skipped.
	 * @param event the name of the event
	 * @param json its data, as JSON
	 * @return the acknowledgement, a JSON object with {@code data} or {@code error}
	 */
	public Map<?, ?> request(String event, String json) {
		int id = ++this.requests;
		send("{\"event\":" + quoted(event) + ",\"id\":" + id + ",\"data\":" + json + "}");
		while (true) {
			if (expectMessage().json(Object.class) instanceof Map<?, ?> reply
					&& reply.get("id") instanceof Number number && number.intValue() == id) {
				return reply;
			}
		}
	}

	/**
	 * Waits for a message.
	 * @return the message
	 */
	public Message expectMessage() {
		ReceivedEvents.Event event = this.events.next(this.timeout);
		if (event.message() == null) {
			throw new AssertionError("expected a message, but " + event);
		}
		return event.message();
	}

	/**
	 * Waits for a text message.
	 * @return its text
	 */
	public String expectText() {
		Message message = expectMessage();
		if (!message.isText()) {
			throw new AssertionError("expected text, but a " + message + " came");
		}
		return message.asText();
	}

	/**
	 * Waits for a text message.
	 * @param expected its text
	 */
	public void expectText(String expected) {
		String text = expectText();
		if (!text.equals(expected)) {
			throw new AssertionError("expected the text <" + expected + ">, but <" + text + "> came");
		}
	}

	/**
	 * Waits for a message and reads it as JSON.
	 * @param <T> the type of the value
	 * @param type the class of the value
	 * @return the value
	 */
	public <T> T expectJson(Class<T> type) {
		return expectMessage().json(type);
	}

	/**
	 * Waits for a message that is the same JSON as another, whatever its spaces and the
	 * order of its fields are.
	 * @param expected the other
	 */
	public void expectJson(String expected) {
		Message message = expectMessage();
		if (!message.json(Object.class).equals(Message.text(expected).json(Object.class))) {
			throw new AssertionError("expected the JSON " + expected + ", but " + message.asText() + " came");
		}
	}

	/**
	 * Waits for the server to close.
	 * @param code the expected close code
	 */
	public void expectClosed(int code) {
		ReceivedEvents.Event event = this.events.next(this.timeout);
		if (event.closeCode() != code) {
			throw new AssertionError("expected a close with " + code + ", but " + event);
		}
	}

	/**
	 * Waits for the server to close.
	 * @param code the expected close code
	 * @param reason the expected reason
	 */
	public void expectClosed(int code, String reason) {
		ReceivedEvents.Event event = this.events.next(this.timeout);
		if (event.closeCode() != code || !reason.equals(event.reason())) {
			throw new AssertionError("expected a close with " + code + " '" + reason + "', but " + event);
		}
	}

	/**
	 * The subprotocol that the server has chosen.
	 * @return the subprotocol; empty for none
	 */
	public String subprotocol() {
		return this.socket.getSubprotocol();
	}

	/**
	 * Closes, and has the server say so too.
	 * @param code the close code
	 * @param reason the reason
	 */
	public void close(int code, String reason) {
		await("close", () -> this.socket.sendClose(code, reason).get(millis(), TimeUnit.MILLISECONDS));
	}

	/** Ends the connection at once. */
	@Override
	public void close() {
		this.socket.abort();
	}

	private long millis() {
		return this.timeout.toMillis();
	}

	private void await(String what, Call call) {
		try {
			call.run();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted", ex);
		}
		catch (Exception ex) {
			throw new AssertionError("could not " + what + "; what came so far: " + this.events, ex);
		}
	}

	private static String quoted(String text) {
		return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
	}

	/** Something that waits. */
	private interface Call {

		void run() throws Exception;

	}

	/** A handshake to be made. Not thread-safe. */
	public static final class Handshake {

		private static final HttpClient HTTP = HttpClient.newHttpClient();

		private final int port;

		private final Map<String, String> headers = new LinkedHashMap<>();

		private String[] subprotocols = {};

		private Duration timeout = Duration.ofSeconds(20);

		private Handshake(int port) {
			this.port = port;
		}

		/**
		 * Adds a header, such as {@code Cookie} or {@code Authorization}.
		 * @param name its name
		 * @param value its value
		 * @return this handshake
		 */
		public Handshake header(String name, String value) {
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Offers subprotocols, the preferred one first.
		 * @param names their names
		 * @return this handshake
		 */
		public Handshake subprotocols(String... names) {
			this.subprotocols = names.clone();
			return this;
		}

		/**
		 * Sets how long to wait for each event; 20 seconds unless set.
		 * @param next the time
		 * @return this handshake
		 */
		public Handshake timeout(Duration next) {
			this.timeout = Objects.requireNonNull(next, "the time-out must not be null");
			return this;
		}

		/**
		 * Opens a WebSocket.
		 * @param path the path and query
		 * @return the client, open
		 * @throws AssertionError when the server does not accept it
		 */
		public IodineTestClient open(String path) {
			ReceivedEvents events = new ReceivedEvents();
			try {
				return new IodineTestClient(connect(path, events), events, this.timeout);
			}
			catch (CompletionException ex) {
				HttpResponse<?> response = rejection(ex);
				throw new AssertionError((response != null) ? path + " was answered with " + response.statusCode()
						: path + " could not be opened", ex.getCause());
			}
		}

		/**
		 * Expects that the server rejects the handshake.
		 * @param path the path and query
		 * @return the status of the response
		 */
		public int expectRejected(String path) {
			try {
				connect(path, new ReceivedEvents()).abort();
			}
			catch (CompletionException ex) {
				HttpResponse<?> response = rejection(ex);
				if (response != null) {
					return response.statusCode();
				}
				throw new AssertionError(path + " could not be opened", ex.getCause());
			}
			throw new AssertionError("expected that " + path + " is rejected, but it was accepted");
		}

		/**
		 * Opens a WebSocket that reads nothing until it is told to.
		 * @param path the path and query
		 * @return the client, open
		 */
		public StalledTestClient openStalled(String path) {
			return StalledTestClient.open(this.port, path, this.headers, this.timeout);
		}

		private WebSocket connect(String path, ReceivedEvents events) {
			WebSocket.Builder builder = HTTP.newWebSocketBuilder();
			this.headers.forEach(builder::header);
			if (this.subprotocols.length > 0) {
				builder.subprotocols(this.subprotocols[0],
						Arrays.copyOfRange(this.subprotocols, 1, this.subprotocols.length));
			}
			return builder.buildAsync(URI.create("ws://127.0.0.1:" + this.port + path), events)
				.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
				.join();
		}

		private static @Nullable HttpResponse<?> rejection(CompletionException failure) {
			return (failure.getCause() instanceof WebSocketHandshakeException rejected) ? rejected.getResponse() : null;
		}

	}

}
