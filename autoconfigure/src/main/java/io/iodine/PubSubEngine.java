package io.iodine;

/**
 * Carries messages between publishers and subscribers; the extension point for other
 * brokers. An engine sees channels and messages, never connections, and delivers what it
 * received by {@code pubSub.publish(channel, message, pubSub.localEngine())}.
 * <p>
 * An engine is called once for each channel, at its first and its last subscription in
 * this process, in the order of those transitions, and never under a lock. An exception,
 * or the answer false, is logged and counted; the local subscription stands.
 */
public interface PubSubEngine {

	/**
	 * This process has its first subscription of a channel.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern in the syntax of Redis
	 * @return whether the engine took it
	 */
	boolean subscribe(String channel, boolean pattern);

	/**
	 * The last subscription of a channel ended.
	 * @param channel the channel, or the pattern
	 * @param pattern whether it is a pattern in the syntax of Redis
	 * @return whether the engine took it
	 */
	boolean unsubscribe(String channel, boolean pattern);

	/**
	 * Publishes a message. Must not block.
	 * @param channel the channel
	 * @param message the message
	 * @return whether the message was scheduled
	 */
	boolean publish(String channel, Message message);

}
