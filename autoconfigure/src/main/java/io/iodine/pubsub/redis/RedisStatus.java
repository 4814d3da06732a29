package io.iodine.pubsub.redis;

import java.time.Instant;

/**
 * Whether Redis is there.
 *
 * @param up whether both connections are open and every subscription is confirmed
 * @param since since when
 * @param detail why not, when it is not
 */
public record RedisStatus(boolean up, Instant since, String detail) {
}
