package io.iodine.autoconfigure;

import java.util.concurrent.CountDownLatch;

/** Keeps the process running while sockets are open: all other threads are daemons. */
final class OpenSocketsKeepAlive {

	private final CountDownLatch ended = new CountDownLatch(1);

	private OpenSocketsKeepAlive() {
	}

	static OpenSocketsKeepAlive start(String name) {
		OpenSocketsKeepAlive keepAlive = new OpenSocketsKeepAlive();
		Thread thread = new Thread(keepAlive::await, name);
		thread.setDaemon(false);
		thread.start();
		return keepAlive;
	}

	void end() {
		this.ended.countDown();
	}

	private void await() {
		try {
			this.ended.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
