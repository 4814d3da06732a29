package io.iodine;

/** Receives the messages published to a channel. */
@FunctionalInterface
public interface MessageListener {

	/**
	 * A message was published. The listener of a connection runs in that connection's
	 * turn, never beside its callbacks; a listener of the {@link PubSub} bean runs on
	 * callback threads, one message at a time. Both in the order of publishing.
	 * @param channel the channel it was published to, also for a pattern
	 * @param message the message
	 * @throws Exception is logged
	 */
	void onMessage(String channel, Message message) throws Exception;

}
