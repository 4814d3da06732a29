package io.iodine.pubsub.redis;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Whether a connection is alive: something came since the last ping, its answer or
 * anything else, for an answer may wait behind much that proves as much.
 */
final class Heartbeat {

	private final Supplier<CompletionStage<?>> ping;

	private volatile boolean silent;

	Heartbeat(Supplier<CompletionStage<?>> ping) {
		this.ping = ping;
	}

	void felt() {
		this.silent = false;
	}

	/**
	 * Pings, without flushing.
	 * @return whether something came since the last ping
	 */
	boolean beat() {
		if (this.silent) {
			return false;
		}
		this.silent = true;
		this.ping.get().thenRun(this::felt);
		return true;
	}

}
