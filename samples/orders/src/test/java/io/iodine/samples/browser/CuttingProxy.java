package io.iodine.samples.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Forwards connections, until it cuts them. */
final class CuttingProxy implements AutoCloseable {

	private final ServerSocket listener = new ServerSocket(0);

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile int target;

	private volatile boolean refuses;

	CuttingProxy(int target) throws IOException {
		this.target = target;
		start(this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	void target(int next) {
		this.target = next;
	}

	void refuse(boolean refused) {
		this.refuses = refused;
	}

	void cut() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		cut();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			if (this.refuses) {
				client.close();
				continue;
			}
			start(() -> {
				try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target)) {
					this.sockets.add(client);
					this.sockets.add(server);
					start(() -> {
						try (client; server) {
							server.getInputStream().transferTo(client.getOutputStream());
						}
					});
					client.getInputStream().transferTo(server.getOutputStream());
				}
			});
		}
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// cut, by this proxy or by a peer
			}
		}, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	/** Something that ends with its socket. */
	private interface Task {

		void run() throws IOException;

	}

}
