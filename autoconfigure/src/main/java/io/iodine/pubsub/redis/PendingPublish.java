package io.iodine.pubsub.redis;

import io.iodine.Message;

/** A message on its way to Redis, which holds a place among those that wait. */
record PendingPublish(String channel, Message message) {

	int size() {
		return this.message.size();
	}

	byte[] payload() {
		return this.message.asBytes();
	}

}
