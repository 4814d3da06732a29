package io.iodine.pubsub.redis;

import io.iodine.PubSubEngine;
import io.iodine.pubsub.LossLog;
import io.iodine.pubsub.PubSubObserver;
import org.apache.commons.logging.LogFactory;

/** Says and counts messages that go nowhere. */
record Losses(PubSubEngine engine, PubSubObserver observer) {

	private static final LossLog log = new LossLog(LogFactory.getLog(RedisEngine.class));

	void lost(String channel, String reason) {
		log.lost("message published to channel '" + channel + "': " + reason);
		this.observer.engineMessageLost(this.engine);
	}

}
