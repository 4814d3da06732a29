package io.iodine.pubsub;

/** Checks the names that the application gives to channels and patterns. */
final class ChannelNameValidator {

	private final int maxLength;

	ChannelNameValidator(int maxLength) {
		this.maxLength = maxLength;
	}

	/** Makes the key of a channel or pattern that the application subscribes to. */
	ChannelKey key(String name, boolean pattern) {
		check(name, pattern ? "pattern" : "channel");
		ReservedChannels.reject(name);
		return new ChannelKey(name, pattern);
	}

	void check(String name, String what) {
		if (name == null) {
			throw new NullPointerException("the " + what + " must not be null");
		}
		if (name.length() > this.maxLength) {
			throw new IllegalArgumentException("a " + what + " has at most " + this.maxLength
					+ " characters (iodine.pubsub.max-channel-length), but one of " + name.length() + " was given");
		}
	}

}
