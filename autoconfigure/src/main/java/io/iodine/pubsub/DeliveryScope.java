package io.iodine.pubsub;

/** Which of the subscriptions in this process a message is delivered to. */
public enum DeliveryScope {

	/** All that match. */
	ALL,

	/** Those to the channel by its name. */
	CHANNEL,

	/** Those to patterns that match. */
	PATTERNS

}
