package io.iodine.autoconfigure;

import java.time.Duration;

import io.iodine.connection.Connections;

import org.springframework.context.SmartLifecycle;

/**
 * Lets connections say goodbye when the context stops, before Boot stops its web server:
 * to Boot a taken-over channel is idle, and it would be closed at once.
 */
final class ConnectionDrain implements SmartLifecycle {

	/**
	 * Above Boot's graceful shutdown of the web server, which is 1024 below the default.
	 */
	static final int PHASE = DEFAULT_PHASE - 512;

	private final Connections connections;

	private final Duration timeout;

	private volatile boolean running;

	ConnectionDrain(Connections connections, Duration timeout) {
		this.connections = connections;
		this.timeout = timeout;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		this.connections.accept();
		this.running = true;
	}

	@Override
	public void stop() {
		this.connections.drain(this.timeout).toCompletableFuture().join();
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		this.connections.drain(this.timeout).whenComplete((drained, failure) -> {
			this.running = false;
			callback.run();
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
