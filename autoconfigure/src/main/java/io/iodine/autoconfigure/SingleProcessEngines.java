package io.iodine.autoconfigure;

import io.iodine.ClusterEngines;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;

/** The engines of a process without siblings that iodine's master relays to. */
final class SingleProcessEngines implements ClusterEngines {

	private static final PubSubEngine NOWHERE = new PubSubEngine() {

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean publish(String channel, Message message) {
			return true;
		}

	};

	private final PubSub pubSub;

	private final PubSubEngine cluster;

	SingleProcessEngines(PubSub pubSub, PubSubEngine cluster) {
		this.pubSub = pubSub;
		this.cluster = cluster;
	}

	@Override
	public PubSubEngine process() {
		return this.pubSub.localEngine();
	}

	@Override
	public PubSubEngine siblings() {
		return NOWHERE;
	}

	@Override
	public PubSubEngine cluster() {
		return this.cluster;
	}

	@Override
	public PubSubEngine leader() {
		return this.pubSub.localEngine();
	}

}
