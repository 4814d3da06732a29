package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;

/** A channel, or a pattern, by its name in Redis. */
record Topic(String name, boolean pattern) {

	static Topic of(byte[] name, boolean pattern) {
		return new Topic(new String(name, StandardCharsets.UTF_8), pattern);
	}

	byte[] bytes() {
		return this.name.getBytes(StandardCharsets.UTF_8);
	}

}
