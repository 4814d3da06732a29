package io.iodine.pubsub.redis;

/**
 * Whether a connection is alive: something came since the last ping, its answer or
 * anything else, for an answer may wait behind much that proves as much.
 */
final class Heartbeat {

	private final Runnable ping;

	private volatile boolean silent;

	/**
	 * Created for a connection.
	 * @param ping pings it, and calls {@link #felt} when that is answered
	 */
	Heartbeat(Runnable ping) {
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
		this.ping.run();
		return true;
	}

}
