package io.iodine.pubsub.redis;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a minute what the access list of Redis forbids: a user's mistake that
 * would show as lost messages only. For all threads.
 */
final class AclFailures {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private static final long MEMORY = Duration.ofMinutes(1).toNanos();

	private static final long SILENCE = Duration.ofSeconds(10).toNanos();

	private final String names;

	private volatile @Nullable AclFailure last;

	/**
	 * Remembers nothing yet.
	 * @param names a pattern of what channels and keys are called in Redis
	 */
	AclFailures(String names) {
		this.names = names;
	}

	/** A command failed, perhaps because it is forbidden. */
	void check(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		if (message.contains("NOPERM") || message.contains("The user executing the script")) {
			remember(message);
		}
	}

	private synchronized void remember(String message) {
		AclFailure before = this.last;
		long now = System.nanoTime();
		if (before != null && now - before.said < SILENCE) {
			this.last = new AclFailure(message, now, before.said);
		}
		else {
			this.last = new AclFailure(message, now, now);
			logger.error("Redis refuses what pub/sub needs: " + message + ". " + remedy());
		}
	}

	/** What was refused in the last minute, and what helps; null when nothing was. */
	@Nullable String recent() {
		AclFailure failure = this.last;
		return (failure != null && System.nanoTime() - failure.at < MEMORY) ? failure.message + ". " + remedy() : null;
	}

	private String remedy() {
		return "Allow its user what docs/redis.md names, for example: ACL SETUSER <user> +@pubsub +@connection "
				+ "+eval +evalsha +script|load +info +time +@read +@write &" + this.names + " ~" + this.names;
	}

	/** What was said, when it was last seen, and when it was last logged. */
	private record AclFailure(String message, long at, long said) {
	}

}
