package io.iodine.pubsub;

import java.time.Duration;

/**
 * Bounds of a channel's history.
 *
 * @param size how many messages
 * @param timeToLive how long a message
 */
public record Retention(int size, Duration timeToLive) {
}
