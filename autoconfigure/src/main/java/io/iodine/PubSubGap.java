package io.iodine;

import java.time.Duration;
import java.time.Instant;

/**
 * An application event: the broker was away, and is back with every subscription
 * confirmed. What other processes published in the meantime was not received here.
 *
 * @param since when the broker was lost
 * @param duration how long it was away
 */
public record PubSubGap(Instant since, Duration duration) {
}
