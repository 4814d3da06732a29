package io.iodine.autoconfigure;

import io.iodine.PubSub;
import io.iodine.PubSubEngine;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Attaches the engine beans once all singletons exist, so that an engine may inject
 * {@link PubSub}.
 */
final class EngineAttachment implements SmartInitializingSingleton {

	private final PubSub pubSub;

	private final ObjectProvider<PubSubEngine> engines;

	EngineAttachment(PubSub pubSub, ObjectProvider<PubSubEngine> engines) {
		this.pubSub = pubSub;
		this.engines = engines;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.engines.orderedStream().forEach(this.pubSub::attach);
		// a mock of pub/sub has no local engine
		this.engines.ifAvailable(this.pubSub::defaultEngine);
	}

}
