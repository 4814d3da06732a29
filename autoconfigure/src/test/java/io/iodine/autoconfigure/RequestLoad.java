package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Clients that send request after request, half of them on a kept-alive connection, half
 * on a new one each time. An answer that does not come, or not with 200, has failed.
 */
final class RequestLoad implements AutoCloseable {

	private final int port;

	private final String request;

	private final long pauseNanos;

	private final List<Thread> clients = new ArrayList<>();

	private final LongAdder answered = new LongAdder();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final Map<String, LongAdder> bodies = new ConcurrentHashMap<>();

	private volatile boolean stopped;

	RequestLoad(int port, String path, int clients, int pauseMillis) {
		this.port = port;
		this.request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n";
		this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
		for (int i = 0; i < clients; i++) {
			boolean keepAlive = i % 2 == 0;
			Thread client = new Thread(() -> send(keepAlive), "load-" + i);
			client.setDaemon(true);
			this.clients.add(client);
			client.start();
		}
	}

	long answered() {
		return this.answered.sum();
	}

	List<String> failures() {
		return List.copyOf(this.failures);
	}

	/** How often each body came since this was asked last. */
	Map<String, Long> takeBodies() {
		Map<String, Long> counts = new ConcurrentHashMap<>();
		this.bodies.forEach((body, count) -> counts.put(body, count.sumThenReset()));
		counts.values().removeIf((count) -> count == 0);
		return counts;
	}

	private void send(boolean keepAlive) {
		Connected connection = null;
		while (!this.stopped) {
			try {
				connection = (connection != null) ? connection : new Connected(this.port);
				boolean stays = exchange(connection, keepAlive);
				this.answered.increment();
				connection = stays ? connection : close(connection);
			}
			catch (IOException ex) {
				this.failures.add((keepAlive ? "kept alive: " : "new: ") + ex);
				connection = close(connection);
			}
			LockSupport.parkNanos(this.pauseNanos);
		}
		close(connection);
	}

	private boolean exchange(Connected connection, boolean keepAlive) throws IOException {
		String whole = this.request + (keepAlive ? "" : "Connection: close\r\n") + "\r\n";
		connection.socket.getOutputStream().write(whole.getBytes(StandardCharsets.US_ASCII));
		String status = connection.line();
		int length = 0;
		boolean close = false;
		for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
			length = line.regionMatches(true, 0, "content-length:", 0, 15)
					? Integer.parseInt(line.substring(15).strip()) : length;
			close |= line.equalsIgnoreCase("connection: close");
		}
		String body = connection.text(length);
		if (!status.startsWith("HTTP/1.1 200")) {
			throw new IOException(status);
		}
		this.bodies.computeIfAbsent(body, (text) -> new LongAdder()).increment();
		return keepAlive && !close;
	}

	private static @Nullable Connected close(@Nullable Connected connection) {
		if (connection != null) {
			try {
				connection.socket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return null;
	}

	@Override
	public void close() {
		this.stopped = true;
		try {
			for (Thread client : this.clients) {
				client.join(60_000);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** A connection and what comes on it. */
	private static final class Connected {

		private final Socket socket;

		private final BufferedReader in;

		Connected(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout(60_000);
			this.socket.setTcpNoDelay(true);
			this.in = new BufferedReader(
					new InputStreamReader(this.socket.getInputStream(), StandardCharsets.US_ASCII));
		}

		String line() throws IOException {
			String line = this.in.readLine();
			if (line == null) {
				throw new IOException("the connection ended before the answer");
			}
			return line;
		}

		String text(int length) throws IOException {
			char[] text = new char[length];
			for (int read = 0; read < length;) {
				int more = this.in.read(text, read, length - read);
				if (more < 0) {
					throw new IOException("the connection ended within the answer");
				}
				read += more;
			}
			return new String(text);
		}

	}

}
