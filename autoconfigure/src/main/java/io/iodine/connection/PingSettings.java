package io.iodine.connection;

import java.time.Duration;
import java.util.Optional;

/**
 * When the connections of a handler are pinged.
 *
 * @param interval how long one is silent before; zero: never; empty: as all others
 * @param timeout how long a ping may go unanswered; empty: as all others
 */
public record PingSettings(Optional<Duration> interval, Optional<Duration> timeout) {

	/** As all others. */
	public static final PingSettings DEFAULT = new PingSettings(Optional.empty(), Optional.empty());

}
