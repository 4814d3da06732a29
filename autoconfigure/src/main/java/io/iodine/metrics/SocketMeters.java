package io.iodine.metrics;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of the listeners beside the web server, and of clients that stay connected. */
public final class SocketMeters {

	private final MeterRegistry registry;

	private final Meters meters;

	private final ConcurrentMap<String, Meter> listeners = new ConcurrentHashMap<>();

	/**
	 * Meters of sockets.
	 * @param registry where they are
	 */
	public SocketMeters(MeterRegistry registry) {
		this.registry = registry;
		this.meters = new Meters(registry);
	}

	/**
	 * A listener has begun to listen.
	 * @param name its name
	 * @param connections how many connections it has
	 */
	public void listens(String name, IntSupplier connections) {
		this.listeners.put(name,
				Gauge.builder(IodineMeter.LISTENER_CONNECTIONS.meterName(), connections::getAsInt)
					.description(IodineMeter.LISTENER_CONNECTIONS.description())
					.tag(IodineMeter.LISTENER_CONNECTIONS.tags().get(0), name)
					.register(this.registry));
	}

	/**
	 * A listener no longer listens, and its gauge ends.
	 * @param name its name
	 */
	public void stopped(String name) {
		Meter ended = this.listeners.remove(name);
		if (ended != null) {
			this.registry.remove(ended);
		}
	}

	/**
	 * A client has come to a state.
	 * @param client its name
	 * @param state the state
	 */
	public void changed(String client, Enum<?> state) {
		this.meters.counter(IodineMeter.CLIENT_CHANGES, client, state.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.increment();
	}

}
