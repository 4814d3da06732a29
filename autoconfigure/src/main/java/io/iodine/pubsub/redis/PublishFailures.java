package io.iodine.pubsub.redis;

import io.iodine.PubSubEngine;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.pubsub.PubSubObserver;
import org.apache.commons.logging.LogFactory;

/** Logs and counts messages that could not be published. */
record PublishFailures(PubSubEngine engine, PubSubObserver observer) {

	private static final ThrottledLog log = new ThrottledLog(LogFactory.getLog(RedisEngine.class));

	void lost(String channel, String reason) {
		log.warn((count) -> count + " dropped: message published to channel '" + channel + "': " + reason);
		this.observer.engineMessageLost(this.engine);
	}

}
