package io.iodine.pubsub;

/**
 * The bounds of pub/sub in a process.
 *
 * @param maxChannelLength how many characters a channel's name or a pattern may have
 * @param listenerMaxPending how many messages wait for one listener of the bean before
 * the newest is lost
 * @param maxMessageSize bytes of the largest message that is published
 */
public record PubSubLimits(int maxChannelLength, int listenerMaxPending, int maxMessageSize) {

	/** The limits when none are configured. */
	public static final PubSubLimits DEFAULTS = new PubSubLimits(1024, 1024);

	/**
	 * Limits without one of the size of messages.
	 * @param maxChannelLength how many characters a channel's name or a pattern may have
	 * @param listenerMaxPending how many messages wait for one listener
	 */
	public PubSubLimits(int maxChannelLength, int listenerMaxPending) {
		this(maxChannelLength, listenerMaxPending, Integer.MAX_VALUE);
	}

}
