package io.iodine.metrics;

import java.util.Locale;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeRequest;
import io.iodine.connection.ConnectionObserver;
import io.iodine.connection.MessageScope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes each {@code onMessage}, which gives it a span and a timer. It is a child of
 * the observation of the handshake where context propagation brings that one.
 */
public final class MessageObservations implements ConnectionObserver, MessageScope {

	/** The name of the observation. */
	public static final String NAME = "iodine.message";

	private final ObservationRegistry registry;

	/**
	 * Creates the observations.
	 * @param registry where they are
	 */
	public MessageObservations(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public @Nullable MessageScope messageScope() {
		return this.registry.isNoop() ? null : this;
	}

	@Override
	public void run(Connection client, Message message, ConnectionHandler handler) throws Exception {
		Observation.createNotStarted(NAME, this.registry)
			.contextualName("receive message")
			.lowCardinalityKeyValue("protocol", client.protocol().name().toLowerCase(Locale.ROOT))
			.lowCardinalityKeyValue("path", client.request().flatMap(UpgradeRequest::pathPattern).orElse("none"))
			.highCardinalityKeyValue("connection", client.id())
			.observeChecked(() -> handler.onMessage(client, message));
	}

}
