package io.iodine.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * A WebSocket client that reads nothing, with a small receive buffer, so that the server
 * soon has to queue what it writes. For tests of overflow policies.
 */
public final class StalledTestClient implements AutoCloseable {

	private static final int RECEIVE_BUFFER = 4096;

	private final Socket socket;

	private StalledTestClient(Socket socket) {
		this.socket = socket;
	}

	static StalledTestClient open(int port, String path, Map<String, String> headers, Duration timeout) {
		Socket socket = new Socket();
		try {
			socket.setReceiveBufferSize(RECEIVE_BUFFER);
			socket.setSoTimeout((int) timeout.toMillis());
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) timeout.toMillis());
			StringBuilder request = new StringBuilder("GET ").append(path)
				.append(" HTTP/1.1\r\nHost: 127.0.0.1:")
				.append(port)
				.append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
				.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
			headers.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
			socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
			String status = head(socket.getInputStream());
			if (!status.startsWith("HTTP/1.1 101")) {
				throw new AssertionError(path + " was answered with " + status.lines().findFirst().orElse("nothing"));
			}
			return new StalledTestClient(socket);
		}
		catch (IOException ex) {
			closeQuietly(socket);
			throw new AssertionError(path + " could not be opened", ex);
		}
		catch (AssertionError ex) {
			closeQuietly(socket);
			throw ex;
		}
	}

	/**
	 * Reads everything, until the server ends the connection.
	 * @return how many bytes came
	 */
	public long readToEnd() {
		try {
			return this.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			throw new AssertionError("the server did not end the connection in time", ex);
		}
	}

	/** Ends the connection. */
	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String head(InputStream stream) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = stream.read();
			if (next < 0) {
				break;
			}
			head.append((char) next);
		}
		return head.toString();
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
