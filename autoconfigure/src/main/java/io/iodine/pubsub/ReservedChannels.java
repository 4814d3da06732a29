package io.iodine.pubsub;

/**
 * The names of channels between the processes of an application. Applications can neither
 * publish nor subscribe to them, so that no client can, and patterns do not match them.
 */
final class ReservedChannels {

	static final String PREFIX = "iodine.internal.";

	private ReservedChannels() {
	}

	static boolean contains(String channel) {
		return channel.startsWith(PREFIX);
	}

	static void reject(String channel) {
		if (contains(channel)) {
			throw new IllegalArgumentException(
					"channels whose name begins with " + PREFIX + " are reserved, but '" + channel + "' was given");
		}
	}

}
