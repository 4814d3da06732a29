package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PresenceSettings;
import io.iodine.pubsub.redis.OutagePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Publish and subscribe.
 *
 * @param maxChannelLength Maximum number of characters of the name of a channel, or of a
 * pattern.
 * @param maxMessageSize Maximum size of a message that is published. Publishing a larger
 * one throws an IllegalArgumentException.
 * @param listener Listeners, as opposed to clients that are written to directly.
 * @param fanout The way from channels to the clients of an event loop.
 * @param engine Engine that carries messages between processes. By default redis if
 * iodine.redis.url is set, else that of the cluster in its workers, else local.
 * @param redis The Redis engine.
 * @param history The last messages of channels, for clients that come back.
 * @param presence Who is on channels.
 */
record PubSubProperties(@DefaultValue("1024") int maxChannelLength, @DefaultValue("16MB") DataSize maxMessageSize,
		@DefaultValue Listener listener, @DefaultValue Fanout fanout, @Nullable Engine engine,
		@DefaultValue RedisEngine redis, @DefaultValue History history, @DefaultValue Presence presence) {

	PubSubProperties {
		PropertyCheck.positive("iodine.pubsub.max-channel-length", maxChannelLength);
		PropertyCheck.positive("iodine.pubsub.max-message-size", maxMessageSize.toBytes());
	}

	/**
	 * The last messages of channels, for clients that come back. In Redis when it is the
	 * engine, or else in memory.
	 *
	 * @param channels Comma-separated list of patterns of the channels that have a
	 * history, such as "chat*".
	 * @param size Maximum number of messages of a channel that are kept.
	 * @param timeToLive Time for which a message is kept.
	 * @param maxChannels Maximum number of channels whose histories are kept in memory.
	 * Over it, the least recently used one is removed.
	 * @param maxMemorySize Maximum size of the histories of all channels in memory. Over
	 * it, the least recently used ones are removed.
	 * @param maxChannelSize Maximum size of the history of a channel in memory. Over it,
	 * the oldest messages are removed.
	 */
	public record History(@DefaultValue List<String> channels, @DefaultValue("100") int size,
			@DefaultValue("5m") Duration timeToLive, @DefaultValue("10000") int maxChannels,
			@DefaultValue("64MB") DataSize maxMemorySize, @DefaultValue("4MB") DataSize maxChannelSize) {

		public History {
			PropertyCheck.positive("iodine.pubsub.history.size", size);
			PropertyCheck.positive("iodine.pubsub.history.max-channels", maxChannels);
			InvalidIodinePropertyException.unless(timeToLive.toMillis() > 0, "iodine.pubsub.history.time-to-live",
					timeToLive, "a time above 0, such as 5m");
			PropertyCheck.aboveZero("iodine.pubsub.history.max-memory-size", maxMemorySize);
			PropertyCheck.aboveZero("iodine.pubsub.history.max-channel-size", maxChannelSize);
			channels.forEach((glob) -> InvalidIodinePropertyException.unless(HistorySettings.isPattern(glob),
					"iodine.pubsub.history.channels", glob,
					"patterns such as chat* or [ab]*, with every bracket closed"));
			channels = List.copyOf(channels);
		}

		HistorySettings settings() {
			return new HistorySettings(this.channels, this.size, this.timeToLive, this.maxChannels,
					this.maxMemorySize.toBytes(), this.maxChannelSize.toBytes());
		}

	}

	/**
	 * Who is on channels, in all processes.
	 *
	 * @param timeToLive Time after which the members of a process that has crashed are
	 * removed. A process renews its members three times as often.
	 * @param damping Time for which a member may be away before it is reported as having
	 * left. Also the interval at which processes look for members of other processes,
	 * from 100ms to 5s.
	 * @param maxMembers Maximum number of members of channels that join in this process.
	 * Over it, joining fails.
	 * @param maxDataSize Maximum size of the data, as JSON, that a member joins with.
	 * Over it, joining fails.
	 */
	public record Presence(@DefaultValue("30s") Duration timeToLive, @DefaultValue("2s") Duration damping,
			@DefaultValue("100000") int maxMembers, @DefaultValue("4KB") DataSize maxDataSize) {

		public Presence {
			InvalidIodinePropertyException.unless(timeToLive.toMillis() >= 100, "iodine.pubsub.presence.time-to-live",
					timeToLive, "a time from 100ms, such as 30s");
			PropertyCheck.zeroOrMore("iodine.pubsub.presence.damping", damping);
			PropertyCheck.positive("iodine.pubsub.presence.max-members", maxMembers);
			PropertyCheck.positive("iodine.pubsub.presence.max-data-size", maxDataSize.toBytes());
		}

		PresenceSettings settings() {
			return new PresenceSettings(this.timeToLive, this.damping, this.maxMembers,
					(int) this.maxDataSize.toBytes());
		}

	}

	/** What carries messages. */
	public enum Engine {

		/** Nothing: they stay in this process. */
		LOCAL,

		/** Redis. */
		REDIS

	}

	/**
	 * The Redis engine.
	 *
	 * @param url URL of the Redis server, as iodine.redis.url, which is its short form.
	 * @param prefix Prefix of the names of channels in Redis, so that applications can
	 * share one.
	 * @param whileDown What to do with messages that are published while Redis cannot be
	 * reached.
	 * @param maxPending Maximum number of messages that wait for Redis, those sent and
	 * not yet confirmed included. Over it, publishing is rejected.
	 * @param maxPendingSize Maximum size of the messages that wait for Redis. Over it,
	 * publishing is rejected.
	 * @param pingInterval Interval at which the connections to Redis are pinged. A
	 * connection whose ping is not answered until the next one is closed.
	 * @param partitions Number of partitions of channels for the sharded pub/sub of a
	 * Redis Cluster, such as 64. Must be the same in all processes. 0 means classic
	 * pub/sub, which a cluster broadcasts to all of its servers.
	 */
	public record RedisEngine(@Nullable String url, @DefaultValue("") String prefix,
			@DefaultValue("local") OutagePolicy whileDown, @DefaultValue("65536") int maxPending,
			@DefaultValue("64MB") DataSize maxPendingSize, @DefaultValue("5s") Duration pingInterval,
			@DefaultValue("0") int partitions) {

		public RedisEngine {
			PropertyCheck.positive("iodine.pubsub.redis.max-pending", maxPending);
			InvalidIodinePropertyException.unless(maxPendingSize.toBytes() > 0, "iodine.pubsub.redis.max-pending-size",
					maxPendingSize, "a size above 0, such as 64MB");
			InvalidIodinePropertyException.unless(pingInterval.toMillis() > 0, "iodine.pubsub.redis.ping-interval",
					pingInterval, "a time above 0, such as 5s");
			InvalidIodinePropertyException.unless(partitions >= 0 && partitions <= 16_384,
					"iodine.pubsub.redis.partitions", partitions, "a number from 0 to 16384");
		}

	}

	/**
	 * Listeners, as opposed to clients that are written to directly.
	 *
	 * @param maxPending Maximum number of messages that wait for one listener, and of
	 * deferred tasks of one connection. Over it, a listener of the PubSub bean loses the
	 * newest message, and for a connection its overflow policy applies.
	 */
	public record Listener(@DefaultValue("1024") int maxPending) {

		public Listener {
			PropertyCheck.positive("iodine.pubsub.listener.max-pending", maxPending);
		}

	}

	/**
	 * The way from channels to the clients of an event loop.
	 *
	 * @param maxPending Maximum size of the messages that wait for one event loop. Over
	 * it, the newest message is dropped for the clients of that event loop.
	 */
	public record Fanout(@DefaultValue("64MB") DataSize maxPending) {

		public Fanout {
			PropertyCheck.positive("iodine.pubsub.fanout.max-pending", maxPending.toBytes());
		}

	}

}
