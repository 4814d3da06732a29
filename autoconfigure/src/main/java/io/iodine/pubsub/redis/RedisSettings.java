package io.iodine.pubsub.redis;

import java.time.Duration;

/**
 * Settings of the Redis engine.
 *
 * @param prefix stands before every channel's name in Redis
 * @param whileDown what becomes of messages published while Redis is away
 * @param maxPending how many messages may wait for Redis, those sent and not yet
 * confirmed included
 * @param maxPendingBytes how many bytes these messages may have
 * @param pingInterval how often both connections are pinged; an unanswered ping is a lost
 * connection
 * @param partitions into how many partitions channels are parted that belong to the
 * shards of a Redis Cluster; 0 when they belong to none
 */
public record RedisSettings(String prefix, OutagePolicy whileDown, int maxPending, long maxPendingBytes,
		Duration pingInterval, int partitions) {

	/** The settings when none are configured. */
	public static final RedisSettings DEFAULTS = new RedisSettings("", OutagePolicy.LOCAL, 65_536, 64 << 20,
			Duration.ofSeconds(5), 0);

}
