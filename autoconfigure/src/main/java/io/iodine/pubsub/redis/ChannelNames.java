package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;

/**
 * How channels are called in Redis: by their own name behind the application's prefix.
 */
final class ChannelNames {

	private static final String GLOB_SYNTAX = "[*?\\[\\]^\\-\\\\]";

	private final String prefix;

	private final String prefixOfGlobs;

	ChannelNames(String prefix) {
		this.prefix = prefix;
		this.prefixOfGlobs = prefix.replaceAll(GLOB_SYNTAX, "\\\\$0");
	}

	Topic topic(String name, boolean pattern) {
		return new Topic((pattern ? this.prefixOfGlobs : this.prefix) + name, pattern);
	}

	byte[] inRedis(String channel) {
		return (this.prefix + channel).getBytes(StandardCharsets.UTF_8);
	}

	String ofApplication(byte[] channel) {
		return new String(channel, StandardCharsets.UTF_8).substring(this.prefix.length());
	}

}
