package io.iodine.pubsub;

import java.time.Duration;

/**
 * How much of a channel's history is kept.
 *
 * @param size how many messages
 * @param timeToLive how long a message
 */
public record Retention(int size, Duration timeToLive) {
}
