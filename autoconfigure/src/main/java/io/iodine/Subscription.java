package io.iodine;

/** A subscription of the {@link PubSub} bean. It also ends with the context. */
public interface Subscription extends AutoCloseable {

	/**
	 * What was subscribed to.
	 * @return the channel, or the pattern
	 */
	String channel();

	/**
	 * Ends the subscription: what is published from now on is not received. May be called
	 * more than once.
	 */
	@Override
	void close();

}
