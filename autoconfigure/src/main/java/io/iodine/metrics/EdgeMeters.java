package io.iodine.metrics;

import io.iodine.edge.EdgeObserver;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of requests and connections rejected by the edge. */
public final class EdgeMeters implements EdgeObserver {

	private final Meters meters;

	/**
	 * Meters of the edge.
	 * @param registry where they are
	 */
	public EdgeMeters(MeterRegistry registry) {
		this.meters = new Meters(registry);
	}

	@Override
	public void onRejected(int status, String reason) {
		this.meters.counter(IodineMeter.HTTP_REJECTED, Integer.toString(status)).increment();
	}

	@Override
	public void onSlowReader() {
		this.meters.counter(IodineMeter.HTTP_SLOW_READERS).increment();
	}

	@Override
	public void onAcceptFailed(Throwable cause) {
		this.meters.counter(IodineMeter.HTTP_ACCEPTS_FAILED).increment();
	}

}
