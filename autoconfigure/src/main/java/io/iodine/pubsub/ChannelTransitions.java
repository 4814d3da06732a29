package io.iodine.pubsub;

/**
 * Receives first and last subscriptions of a channel, in order and under the lock of its
 * entry, so it must only record them.
 */
interface ChannelTransitions {

	void firstSubscription(ChannelKey key);

	void lastSubscriptionEnded(ChannelKey key);

}
