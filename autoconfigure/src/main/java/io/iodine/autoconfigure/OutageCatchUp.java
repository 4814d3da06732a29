package io.iodine.autoconfigure;

import io.iodine.PubSubGap;
import io.iodine.connection.Connections;

import org.springframework.context.event.EventListener;

/** When the broker is back, has event streams read what others published meanwhile. */
final class OutageCatchUp {

	private final Connections connections;

	OutageCatchUp(Connections connections) {
		this.connections = connections;
	}

	@EventListener(PubSubGap.class)
	void brokerIsBack() {
		this.connections.catchUp();
	}

}
