package io.iodine.autoconfigure;

import io.iodine.PubSubEngine;
import io.iodine.pubsub.redis.RedisEngine;

import org.springframework.context.SmartLifecycle;

/**
 * Connects before the web server accepts, and disconnects after it has stopped and before
 * the client of Redis is gone.
 */
final class RedisEngineLifecycle implements SmartLifecycle {

	/** The connection factory starts in phase 0. */
	private static final int PHASE = 1;

	private final PubSubEngine engine;

	private volatile boolean running;

	RedisEngineLifecycle(PubSubEngine engine) {
		this.engine = engine;
	}

	@Override
	public void start() {
		this.running = true;
		if (this.engine instanceof RedisEngine redis) {
			redis.start();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.engine instanceof RedisEngine redis) {
			redis.stop();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
