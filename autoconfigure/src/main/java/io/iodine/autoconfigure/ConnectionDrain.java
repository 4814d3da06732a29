package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.iodine.connection.Connections;
import io.iodine.connection.DrainListener;
import io.iodine.connection.DrainSettings;
import io.iodine.connection.InFlightWork;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Closes connections gracefully and waits for work in flight when the context stops,
 * before Boot stops its web server: to Boot a taken-over channel is idle, and it would be
 * closed at once.
 */
final class ConnectionDrain implements SmartLifecycle {

	/**
	 * Above Boot's graceful shutdown of the web server, which is 1024 below the default.
	 */
	static final int PHASE = DEFAULT_PHASE - 512;

	private static final Log logger = LogFactory.getLog(ConnectionDrain.class);

	private final ApplicationContext context;

	private final Connections connections;

	private final InFlightWork inFlightWork;

	private final List<DrainListener> listeners;

	private final Duration readinessDelay;

	private final DrainSettings settings;

	private volatile boolean running;

	private volatile boolean rejecting;

	ConnectionDrain(ApplicationContext context, Connections connections, InFlightWork inFlightWork,
			List<DrainListener> listeners, ShutdownProperties properties) {
		this.context = context;
		this.connections = connections;
		this.inFlightWork = inFlightWork;
		this.listeners = List.copyOf(listeners);
		this.readinessDelay = properties.readinessDelay();
		this.settings = properties.settings();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		this.connections.accept();
		this.inFlightWork.reset();
		this.listeners.forEach(DrainListener::accept);
		if (this.rejecting) {
			this.rejecting = false;
			AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
		}
		this.running = true;
	}

	@Override
	public void stop() {
		drain().toCompletableFuture().join();
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		drain().whenComplete((drained, failure) -> {
			this.running = false;
			callback.run();
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private CompletionStage<Void> drain() {
		this.rejecting = true;
		AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		long start = System.nanoTime();
		logger.info("Draining " + this.connections.count() + " connections, for up to "
				+ this.readinessDelay.plus(this.settings.timeout()).toMillis() + " ms");
		return drainAfterDelay().whenComplete((drained, failure) -> logger
			.info("Drained in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms, "
					+ this.connections.count() + " connections left"));
	}

	private CompletionStage<Void> drainAfterDelay() {
		if (this.readinessDelay.isZero()) {
			return sayGoodbye();
		}
		return CompletableFuture
			.runAsync(() -> logger.debug("Load balancers have had their time"),
					CompletableFuture.delayedExecutor(this.readinessDelay.toNanos(), TimeUnit.NANOSECONDS))
			.thenCompose((waited) -> sayGoodbye());
	}

	private CompletionStage<Void> sayGoodbye() {
		this.listeners.forEach((listener) -> listener.end(this.settings));
		CompletionStage<Void> worked = this.inFlightWork.release()
			.toCompletableFuture()
			.completeOnTimeout(null, this.settings.timeout().toNanos(), TimeUnit.NANOSECONDS)
			.thenRun(this::warnOfUnfinishedWork);
		return this.connections.drain(this.settings).thenCompose((gone) -> worked);
	}

	private void warnOfUnfinishedWork() {
		List<String> unfinished = this.inFlightWork.names();
		if (!unfinished.isEmpty()) {
			logger.warn("Not waiting any longer than " + this.settings.timeout().toMillis()
					+ " ms (iodine.shutdown.timeout) for " + String.join(", ", unfinished));
		}
	}

}
