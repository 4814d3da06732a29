package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.iodine.edge.KeepAliveDrain;
import io.iodine.process.InheritedSockets;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Accepts on inherited sockets from the moment the application is ready. When it stops it
 * first accepts no more, so that new clients wait for its successor, then lets kept-alive
 * connections carry their last request, before {@link ConnectionDrain} ends the others.
 */
final class AcceptLifecycle implements SmartLifecycle, ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	/** Above the drain of connections, and so stopped before it. */
	static final int PHASE = ConnectionDrain.PHASE + 256;

	private final InheritedSockets sockets;

	private final @Nullable KeepAliveDrain drain;

	private final Duration delay;

	private final Duration keepAliveTimeout;

	private final Runnable whenReady;

	private volatile boolean running;

	AcceptLifecycle(InheritedSockets sockets, @Nullable KeepAliveDrain drain, ClusterProperties properties,
			Runnable whenReady) {
		this.sockets = sockets;
		this.drain = drain;
		this.delay = properties.acceptDelay();
		this.keepAliveTimeout = properties.keepAliveTimeout();
		this.whenReady = whenReady;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC && this.running) {
			this.sockets.accept();
			this.whenReady.run();
		}
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		if (this.drain != null) {
			this.drain.end();
		}
		this.running = true;
	}

	@Override
	public void stop() {
		stopAccepting().join();
	}

	@Override
	public void stop(Runnable callback) {
		CompletableFuture<Void> unused = stopAccepting().whenComplete((done, failure) -> callback.run());
	}

	private CompletableFuture<Void> stopAccepting() {
		this.running = false;
		this.sockets.stopAccepting();
		if (this.drain != null) {
			this.drain.begin();
		}
		Executor later = CompletableFuture.delayedExecutor(this.delay.toNanos(), TimeUnit.NANOSECONDS);
		return CompletableFuture.supplyAsync(this::connectionsClosed, later)
			.thenCompose((closed) -> closed)
			.completeOnTimeout(null, this.delay.plus(this.keepAliveTimeout).toNanos(), TimeUnit.NANOSECONDS);
	}

	private CompletionStage<Void> connectionsClosed() {
		return (this.drain != null) ? this.drain.closed() : CompletableFuture.completedStage(null);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
