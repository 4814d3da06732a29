package io.iodine.pubsub;

/**
 * Hears of first and last subscriptions while the channel's entry is locked, in the order
 * in which they happen, and must therefore only take a note.
 */
interface ChannelTransitions {

	void firstSubscription(ChannelKey key);

	void lastSubscriptionEnded(ChannelKey key);

}
