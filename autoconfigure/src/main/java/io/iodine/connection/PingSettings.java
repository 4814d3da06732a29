package io.iodine.connection;

import java.time.Duration;
import java.util.Optional;

/**
 * Heartbeat of the connections of a handler.
 *
 * @param interval the idle time before a ping; zero for never; empty for the default
 * @param timeout the maximum time for an answer; empty for the default
 */
public record PingSettings(Optional<Duration> interval, Optional<Duration> timeout) {

	/** The defaults. */
	public static final PingSettings DEFAULT = new PingSettings(Optional.empty(), Optional.empty());

}
