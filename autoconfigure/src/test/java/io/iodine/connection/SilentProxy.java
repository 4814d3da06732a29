package io.iodine.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server that can fall silent with every connection open, as a network does
 * that is parted.
 */
public final class SilentProxy implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private boolean silent;

	/**
	 * Opens a way.
	 * @param target the port of the server
	 */
	public SilentProxy(int target) {
		this.target = target;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		run(this::accept);
	}

	/** Where it listens. */
	public int port() {
		return this.listener.getLocalPort();
	}

	/** Passes nothing on, in either direction. */
	public synchronized void silence() {
		this.silent = true;
	}

	/** Passes on what was held back, and what comes. */
	public synchronized void heal() {
		this.silent = false;
		notifyAll();
	}

	private synchronized void awaitVoice() throws InterruptedException {
		while (this.silent) {
			wait();
		}
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			this.sockets.add(client);
			this.sockets.add(server);
			run(() -> pass(client, server));
			run(() -> pass(server, client));
		}
	}

	private void pass(Socket from, Socket to) throws IOException, InterruptedException {
		byte[] buffer = new byte[16_384];
		try (from; to) {
			for (int read = from.getInputStream().read(buffer); read >= 0; read = from.getInputStream().read(buffer)) {
				awaitVoice();
				to.getOutputStream().write(buffer, 0, read);
			}
		}
		finally {
			this.sockets.remove(from);
		}
	}

	private static void run(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException | InterruptedException ex) {
				// a socket was closed, and with it this way
			}
		}, "silent-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			heal();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What a thread does until its sockets are closed. */
	private interface Work {

		void run() throws IOException, InterruptedException;

	}

}
