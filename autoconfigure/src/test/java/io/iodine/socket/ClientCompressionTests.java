package io.iodine.socket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.net.ClientOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of permessage-deflate of a WebSocket client (RFC 7692), with a server of sockets.
 */
@Timeout(60)
class ClientCompressionTests {

	private static final String TEXT = "all work and no play ".repeat(50);

	private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

	private final SocketFixture sockets = new SocketFixture();

	private final SocketConnector connector = new SocketConnector(this.sockets.connections, this.sockets.tls,
			this.sockets.callbacks);

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private ServerSocket server;

	private Socket peer = new Socket();

	private DataInputStream in = new DataInputStream(InputStream.nullInputStream());

	@BeforeEach
	void start() throws IOException {
		this.connector.start(this.sockets.transport);
		this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.peer.close();
		this.connector.stop();
		this.server.close();
		this.sockets.close();
	}

	@Test
	void messagesOfBothDirectionsAreCompressedOnceAgreed() throws Exception {
		Connection client = connect(AGREED);

		client.write(TEXT);
		client.write(TEXT);

		assertThat(frame()).as("compressed").isEqualTo("c1 " + TEXT);
		assertThat(frame()).as("without what was before").isEqualTo("c1 " + TEXT);
		send(0xC1, deflated(TEXT));
		assertThat(event()).isEqualTo(TEXT);
		client.write(Message.text("as it is").uncompressed());
		assertThat(frame()).isEqualTo("81 as it is");
	}

	@Test
	void aServerThatDeclinesGetsAndSendsMessagesAsTheyAre() throws Exception {
		Connection client = connect("");

		client.write(TEXT);

		assertThat(frame()).isEqualTo("81 " + TEXT);
		send(0xC1, deflated(TEXT));
		assertThat(event()).startsWith("closed");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_max_window_bits",
					"x-webkit-deflate-frame", "permessage-deflate; server_no_context_takeover, permessage-deflate",
					"permessage-deflate; server_no_context_takeover; server_max_window_bits=16" })
	void anAnswerThatWasNotOfferedEndsTheConnection(String answer) throws Exception {
		connect(answer);

		assertThat(event()).startsWith("closed").contains("an extension that was not offered");
	}

	private Connection connect(String extensions) throws Exception {
		Connection client = this.connector.connect(URI.create("ws://127.0.0.1:" + this.server.getLocalPort() + "/"),
				new ConnectionHandler() {

					@Override
					public void onMessage(Connection from, Message message) {
						ClientCompressionTests.this.events.add(message.asText());
					}

					@Override
					public void onClose(Connection from) {
						ClientCompressionTests.this.events.add("closed " + from.closeReason().orElseThrow());
					}

				}, ClientOptions.DEFAULTS.compression(true));
		this.peer = this.server.accept();
		this.peer.setSoTimeout(30_000);
		this.in = new DataInputStream(this.peer.getInputStream());
		String request = request();
		assertThat(request).containsIgnoringCase("sec-websocket-extensions: " + AGREED);
		String key = request.replaceAll("(?is).*sec-websocket-key: ([^\r]+)\r.*", "$1");
		String accept = Base64.getEncoder()
			.encodeToString(MessageDigest.getInstance("SHA-1")
				.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII)));
		String header = extensions.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
		this.peer.getOutputStream()
			.write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
					+ "Sec-WebSocket-Accept: " + accept + "\r\n" + header + "\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		return client;
	}

	private String request() throws IOException {
		StringBuilder request = new StringBuilder();
		while (request.indexOf("\r\n\r\n") < 0) {
			request.append((char) this.in.readByte());
		}
		return request.toString();
	}

	private String event() throws InterruptedException {
		return String.valueOf(this.events.poll(20, TimeUnit.SECONDS));
	}

	/** The first byte of a frame, and what it carries, unmasked and inflated. */
	private String frame() throws Exception {
		int first = this.in.read();
		assertThat(first).as((first < 0) ? event() : "the first byte").isPositive();
		int length = this.in.readUnsignedByte() & 0x7F;
		length = (length == 126) ? this.in.readUnsignedShort() : length;
		byte[] key = this.in.readNBytes(4);
		byte[] content = this.in.readNBytes(length);
		for (int i = 0; i < length; i++) {
			content[i] ^= key[i % 4];
		}
		return Integer.toHexString(first) + " " + (((first & 0x40) != 0) ? inflated(content) : text(content));
	}

	private static String inflated(byte[] content) throws Exception {
		Inflater inflater = new Inflater(true);
		byte[] tail = Arrays.copyOf(content, content.length + 4);
		tail[content.length + 2] = (byte) 0xFF;
		tail[content.length + 3] = (byte) 0xFF;
		inflater.setInput(tail);
		byte[] space = new byte[10_000];
		int size = inflater.inflate(space);
		inflater.end();
		return text(Arrays.copyOf(space, size));
	}

	private static String text(byte[] content) {
		return new String(content, StandardCharsets.UTF_8);
	}

	private static byte[] deflated(String text) {
		Deflater deflater = new Deflater(6, true);
		deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
		byte[] space = new byte[10_000];
		int size = deflater.deflate(space, 0, space.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(space, size - 4);
	}

	private void send(int first, byte[] content) throws IOException {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		frame.write(first);
		frame.write(content.length);
		assertThat(content.length).isLessThan(126);
		frame.writeBytes(content);
		this.peer.getOutputStream().write(frame.toByteArray());
	}

}
