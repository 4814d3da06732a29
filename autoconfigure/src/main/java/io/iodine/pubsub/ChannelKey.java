package io.iodine.pubsub;

/**
 * Key of a subscription: a channel or a pattern. Both may have the same text.
 */
record ChannelKey(String name, boolean pattern) implements Comparable<ChannelKey> {

	/** Hash tables stay fast when names collide, because they can be ordered. */
	@Override
	public int compareTo(ChannelKey other) {
		int order = this.name.compareTo(other.name);
		return (order != 0) ? order : Boolean.compare(this.pattern, other.pattern);
	}

	@Override
	public String toString() {
		return (this.pattern ? "pattern '" : "channel '") + this.name + "'";
	}

}
