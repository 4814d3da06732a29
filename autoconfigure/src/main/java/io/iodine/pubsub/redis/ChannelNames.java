package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import io.lettuce.core.cluster.SlotHash;

/**
 * How channels are called in Redis: by their own name behind the application's prefix;
 * and when they belong to shards, behind the hash tag of one of so many partitions, so
 * that channels of one partition are on one server.
 */
final class ChannelNames {

	private static final String GLOB_SYNTAX = "[*?\\[\\]^\\-\\\\]";

	/** What only {@link RelayMessage} publishes to. */
	private static final String RELAY = "\0iodine:relay";

	private final String prefix;

	private final String prefixOfGlobs;

	private final int partitions;

	/**
	 * Names.
	 * @param prefix stands before every channel's name
	 * @param partitions how many partitions there are; none when channels are not sharded
	 */
	ChannelNames(String prefix, int partitions) {
		this.prefix = prefix;
		this.prefixOfGlobs = prefix.replaceAll(GLOB_SYNTAX, "\\\\$0");
		this.partitions = partitions;
	}

	boolean areSharded() {
		return this.partitions > 0;
	}

	Topic channel(String channel) {
		return new Topic(name(channel, channel), false);
	}

	/** A pattern as PSUBSCRIBE takes it, which knows no shards. */
	Topic pattern(String glob) {
		return new Topic(this.prefixOfGlobs + glob, true);
	}

	byte[] inRedis(String channel) {
		return bytes(name(channel, channel));
	}

	String ofApplication(byte[] name) {
		String text = new String(name, StandardCharsets.UTF_8);
		return text.substring((areSharded() ? text.indexOf('}') + 1 : 0) + this.prefix.length());
	}

	/** A key that is on the same server as its channel, when channels are sharded. */
	byte[] key(String channel, String kind) {
		return bytes(areSharded() ? name(channel, "iodine:" + kind + ":" + channel)
				: this.prefix + "iodine:" + kind + ":{" + channel + "}");
	}

	/** One of many keys of a kind, on the same server as its channel. */
	byte[] key(String channel, String kind, String name) {
		return RelayMessage.joined(key(channel, kind), bytes(":" + name));
	}

	/** The channel that has a copy of every message of this channel's partition. */
	byte[] relay(String channel) {
		return bytes(name(channel, RELAY));
	}

	/** All of them. */
	List<Topic> relays() {
		return IntStream.range(0, this.partitions)
			.mapToObj((partition) -> new Topic("{" + partition + "}" + this.prefix + RELAY, false))
			.toList();
	}

	/** Whether a name, as {@link #ofApplication}, is that of a relay. */
	boolean isRelay(String name) {
		return areSharded() && name.equals(RELAY);
	}

	private String name(String channel, String suffix) {
		if (!areSharded()) {
			return this.prefix + suffix;
		}
		return "{" + SlotHash.getSlot(bytes(channel)) % this.partitions + "}" + this.prefix + suffix;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
