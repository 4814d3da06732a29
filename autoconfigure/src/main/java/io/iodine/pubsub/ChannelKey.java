package io.iodine.pubsub;

/**
 * What can be subscribed to: a channel, or a pattern, which is another thing even with
 * the same text.
 */
record ChannelKey(String name, boolean pattern) {

	@Override
	public String toString() {
		return (this.pattern ? "pattern '" : "channel '") + this.name + "'";
	}

}
