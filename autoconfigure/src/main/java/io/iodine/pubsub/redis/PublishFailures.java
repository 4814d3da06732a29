package io.iodine.pubsub.redis;

import io.iodine.PubSubEngine;
import io.iodine.pubsub.ThrottledLossLog;
import io.iodine.pubsub.PubSubObserver;
import org.apache.commons.logging.LogFactory;

/** Says and counts messages that go nowhere. */
record PublishFailures(PubSubEngine engine, PubSubObserver observer) {

	private static final ThrottledLossLog log = new ThrottledLossLog(LogFactory.getLog(RedisEngine.class));

	void lost(String channel, String reason) {
		log.lost("message published to channel '" + channel + "': " + reason);
		this.observer.engineMessageLost(this.engine);
	}

}
