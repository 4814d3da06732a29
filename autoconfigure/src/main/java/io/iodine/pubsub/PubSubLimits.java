package io.iodine.pubsub;

/**
 * The bounds of pub/sub in a process.
 *
 * @param maxChannelLength how many characters a channel's name or a pattern may have
 * @param listenerMaxPending how many messages wait for one listener of the bean before
 * the newest is lost
 */
public record PubSubLimits(int maxChannelLength, int listenerMaxPending) {

	/** The limits when none are configured. */
	public static final PubSubLimits DEFAULTS = new PubSubLimits(1024, 1024);

}
