package io.iodine.connection;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A plain socket that says exactly what a test wants said, good or bad. */
public final class RawPeer implements AutoCloseable {

	/** The key of RFC 6455, section 1.3. */
	private static final String[] HANDSHAKE = { "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" };

	private static final byte[] MASK = { 0x37, (byte) 0xfa, 0x21, 0x3d };

	private final Socket socket;

	/** The socket, or TLS on it. */
	private final Socket stream;

	private final InputStream in;

	private int chunkLeft;

	private boolean chunked;

	/** Whether the line end behind a chunk, which Jetty sends late, is not read yet. */
	private boolean chunkEnding;

	/**
	 * Connects.
	 * @param port where to
	 */
	public RawPeer(int port) {
		this(port, 0);
	}

	/**
	 * Connects with a small window.
	 * @param port where to
	 * @param receiveBuffer bytes that the peer takes without reading them, about
	 */
	public RawPeer(int port, int receiveBuffer) {
		try {
			this.socket = new Socket();
			if (receiveBuffer > 0) {
				this.socket.setReceiveBufferSize(receiveBuffer);
			}
			this.socket.setSoTimeout(30_000);
			this.socket.setTcpNoDelay(true);
			this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.stream = TestContainer.CURRENT.isEncrypted()
					? TestContainer.trusting().getSocketFactory().createSocket(this.socket, "127.0.0.1", port, true)
					: this.socket;
			this.in = new BufferedInputStream(this.stream.getInputStream(), 8192);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A WebSocket, its handshake done by hand. */
	public static RawPeer webSocket(TestServer server, String path) {
		RawPeer peer = new RawPeer(server.port());
		peer.handshake(path).expect(101);
		return peer;
	}

	/** A follower of an event stream, its head read. */
	public static RawPeer eventStream(TestServer server, String path) {
		RawPeer peer = new RawPeer(server.port());
		peer.get(path, "Accept: text/event-stream").expect(200);
		return peer;
	}

	/** Bytes after a 101. */
	public static RawPeer raw(TestServer server, String path) {
		RawPeer peer = new RawPeer(server.port());
		peer.get(path, "Upgrade: echo", "Connection: Upgrade").expect(101);
		return peer;
	}

	/** Sends a handshake, with further headers. */
	public RawPeer handshake(String path, String... headers) {
		List<String> all = new ArrayList<>(List.of(HANDSHAKE));
		all.addAll(List.of(headers));
		return get(path, all.toArray(String[]::new));
	}

	/** Sends a request that gets. */
	public RawPeer get(String path, String... headers) {
		return request("GET", path, headers);
	}

	/** Sends a request. */
	public RawPeer request(String method, String path, String... headers) {
		return send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + this.socket.getPort() + "\r\n"
				+ String.join("", Arrays.stream(headers).map((header) -> header + "\r\n").toList()) + "\r\n");
	}

	/** Reads the head of the answer. */
	public Head expect(int status) {
		Head head = head();
		if (head.status() != status) {
			throw new AssertionError("Expected " + status + " but got " + head);
		}
		return head;
	}

	/** Reads the head of an answer. */
	public Head head() {
		String statusLine = line();
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), (name) -> new ArrayList<>())
				.add(line.substring(colon + 1).strip());
		}
		this.chunked = List.of("chunked").equals(headers.get("transfer-encoding"));
		return new Head(Integer.parseInt(statusLine.split(" ", 3)[1]), headers);
	}

	/** Sends characters up to U+00FF as octets. */
	public RawPeer send(String octets) {
		return send(octets.getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Sends bytes. */
	public RawPeer send(byte[] bytes) {
		try {
			this.stream.getOutputStream().write(bytes);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends a whole text message. */
	public RawPeer text(String message) {
		return send(frame(0x81, message.getBytes(StandardCharsets.UTF_8)));
	}

	/** Makes a masked frame whose first byte, flags and opcode, is given. */
	public static byte[] frame(int first, byte... payload) {
		ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
		if (payload.length <= 125) {
			frame.put((byte) (0x80 | payload.length));
		}
		else if (payload.length <= 0xFFFF) {
			frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
		}
		else {
			frame.put((byte) (0x80 | 127)).putLong(payload.length);
		}
		frame.put(MASK);
		for (int i = 0; i < payload.length; i++) {
			frame.put((byte) (payload[i] ^ MASK[i & 3]));
		}
		return Arrays.copyOf(frame.array(), frame.position());
	}

	/** Makes a close frame. */
	public static byte[] closeFrame(int code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		return frame(0x88, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
	}

	/** Reads a frame. */
	public Frame frame() {
		int first = octet();
		int length = octet();
		if (length == 126) {
			length = (octet() << 8) | octet();
		}
		else if (length == 127) {
			length = (int) ByteBuffer.wrap(octets(8)).getLong();
		}
		return new Frame(first, octets(length));
	}

	/** Reads an event, up to its blank line. */
	public String event() {
		StringBuilder event = new StringBuilder();
		while (event.length() < 2 || event.lastIndexOf("\n\n") != event.length() - 2) {
			event.append((char) contentOctet());
		}
		return event.toString();
	}

	/** Reads so many bytes. */
	public byte[] octets(int length) {
		try {
			byte[] bytes = this.in.readNBytes(length);
			if (bytes.length < length) {
				throw new EOFException("the peer ended after " + bytes.length + " of " + length + " bytes");
			}
			return bytes;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Reads to the end. */
	public String rest() {
		try {
			String rest = new String(this.in.readAllBytes(), StandardCharsets.ISO_8859_1);
			return (this.chunkEnding && rest.startsWith("\r\n")) ? rest.substring(2) : rest;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The socket itself. */
	public Socket socket() {
		return this.socket;
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private int contentOctet() {
		if (this.chunked) {
			if (this.chunkLeft == 0) {
				if (this.chunkEnding) {
					line();
				}
				this.chunkLeft = Integer.parseInt(line(), 16);
				if (this.chunkLeft == 0) {
					throw new UncheckedIOException(new EOFException("the stream has ended"));
				}
			}
			int octet = octet();
			this.chunkEnding = --this.chunkLeft == 0;
			return octet;
		}
		return octet();
	}

	private String line() {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int octet = octet(); octet != '\n'; octet = octet()) {
			line.write(octet);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	private int octet() {
		return octets(1)[0] & 0xFF;
	}

	/**
	 * The head of an answer.
	 *
	 * @param status the status
	 * @param headers the values of each header
	 */
	public record Head(int status, Map<String, List<String>> headers) {

		/** The values of a header, joined. */
		public String header(String name) {
			return String.join(", ", this.headers.getOrDefault(name, List.of()));
		}

	}

	/**
	 * A frame that came.
	 *
	 * @param first flags and opcode
	 * @param payload the content
	 */
	@SuppressWarnings("ArrayRecordComponent") // nobody compares it
	public record Frame(int first, byte[] payload) {

		/** The content of a text frame, or the code and reason of a close frame. */
		@Override
		public String toString() {
			return switch (this.first) {
				case 0x81 -> "text " + new String(this.payload, StandardCharsets.UTF_8);
				case 0x82 -> "binary " + new String(this.payload, StandardCharsets.UTF_8);
				case 0x88 ->
					(this.payload.length == 0) ? "close"
							: ("close " + ByteBuffer.wrap(this.payload).getShort() + " "
									+ new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8))
								.strip();
				case 0x89 -> "ping " + new String(this.payload, StandardCharsets.UTF_8);
				case 0x8A -> "pong " + new String(this.payload, StandardCharsets.UTF_8);
				default -> "frame " + Integer.toHexString(this.first);
			};
		}

	}

}
