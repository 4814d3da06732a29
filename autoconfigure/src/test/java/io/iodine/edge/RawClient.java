package io.iodine.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A socket, and just enough HTTP to read answers from it. */
final class RawClient implements AutoCloseable {

	private final Socket socket;

	private final InputStream in;

	RawClient(int port) {
		try {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout(20_000);
			this.socket.setTcpNoDelay(true);
			this.in = this.socket.getInputStream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends characters up to U+00FF as octets. */
	RawClient send(String octets) {
		try {
			this.socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Answer answer() {
		return answer(false);
	}

	Answer answer(boolean toHead) {
		String statusLine = line();
		Map<String, String> headers = new HashMap<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			headers.merge(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim(),
					(one, other) -> one + ", " + other);
		}
		int status = Integer.parseInt(statusLine.substring(9, 12));
		boolean empty = toHead || status == 204 || status == 304 || status < 200;
		return new Answer(status, headers, empty ? "" : body(headers));
	}

	private String body(Map<String, String> headers) {
		String length = headers.get("content-length");
		if (length != null) {
			return octets(Integer.parseInt(length));
		}
		return headers.containsKey("transfer-encoding") ? chunks() : rest();
	}

	private String chunks() {
		StringBuilder body = new StringBuilder();
		for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
			body.append(octets(size));
			line();
		}
		line();
		return body.toString();
	}

	/** Everything until the server closes. */
	String rest() {
		try {
			return new String(this.in.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Exactly so many octets. */
	String octets(int length) {
		try {
			return new String(this.in.readNBytes(length), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String line() {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		try {
			for (int octet = this.in.read(); octet != '\n'; octet = this.in.read()) {
				if (octet < 0) {
					throw new IllegalStateException("closed within a line: " + line.toString(StandardCharsets.UTF_8));
				}
				line.write(octet);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	Socket socket() {
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

	/** An answer, its header names in lower case. */
	record Answer(int status, Map<String, String> headers, String body) {

		String header(String name) {
			return this.headers.getOrDefault(name, "");
		}

	}

}
