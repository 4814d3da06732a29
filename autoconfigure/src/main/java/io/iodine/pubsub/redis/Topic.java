package io.iodine.pubsub.redis;

/** A channel, or a pattern, by its name in Redis. */
record Topic(String name, boolean pattern) {
}
