package io.iodine.autoconfigure;

import io.iodine.PubSubGap;
import io.iodine.connection.Connections;

import org.springframework.context.event.EventListener;

/** Makes event streams catch up after an outage of the broker. */
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
