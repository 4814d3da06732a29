package io.iodine.pubsub;

import java.time.Duration;

/**
 * Settings of presence.
 *
 * @param timeToLive how long members of a process that crashed are still there
 * @param damping how long a member is away before it has left
 * @param maxMembers how many members of channels may join in this process
 * @param maxDataBytes how many bytes of JSON a member may join with
 */
public record PresenceSettings(Duration timeToLive, Duration damping, int maxMembers, int maxDataBytes) {

	/** The settings when none are configured. */
	public static final PresenceSettings DEFAULTS = new PresenceSettings(Duration.ofSeconds(30), Duration.ofSeconds(2),
			100_000, 4_096);

}
