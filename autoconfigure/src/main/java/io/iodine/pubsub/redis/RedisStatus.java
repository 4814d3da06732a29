package io.iodine.pubsub.redis;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of the connection to Redis.
 *
 * @param up whether both connections are open and every subscription is confirmed
 * @param since since when
 * @param detail why not, when it is not
 * @param rejection what the access list of Redis forbade in the last minute, and what
 * helps; null when nothing
 */
public record RedisStatus(boolean up, Instant since, String detail, @Nullable String rejection) {
}
