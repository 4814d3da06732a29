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
 * @param maxChannelLength How many characters the name of a channel, or a pattern, may
 * have.
 * @param maxMessageSize Maximum size of a message that is published. Publishing a larger
 * one throws an IllegalArgumentException.
 * @param listener Listeners, as opposed to clients that are written to directly.
 * @param fanout The way from channels to the clients of an event loop.
 * @param engine What carries messages. Unset means redis when iodine.redis.url is set, or
 * else local.
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
	 * @param channels Patterns of the channels that have a history, such as "chat*".
	 * @param size How many messages of a channel are kept.
	 * @param timeToLive How long a message is kept.
	 * @param maxChannels How many channels' histories are kept in memory. Over it, the
	 * one unused longest is forgotten.
	 * @param maxMemorySize Size of the histories of all channels in memory. Over it,
	 * those unused longest are forgotten.
	 * @param maxChannelSize Size of the history of a channel in memory. Over it, the
	 * oldest messages are forgotten.
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
	 * @param timeToLive How long the members of a process that crashed are still there. A
	 * process says three times as often who is there.
	 * @param damping How long a member is away before it has left. Also how often
	 * processes look who is there elsewhere, at most every 5s and at least every 100ms.
	 * @param maxMembers How many members of channels may join in this process. Over it,
	 * joining fails.
	 * @param maxDataSize Size of the data, as JSON, that a member may join with. Over it,
	 * joining fails.
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
	 * @param prefix What stands before every channel's name in Redis, so that
	 * applications can share one.
	 * @param whileDown What becomes of messages that are published while Redis is away.
	 * @param maxPending How many messages may wait for Redis, those sent and not yet
	 * confirmed included. Over it, publishing is refused.
	 * @param maxPendingSize Size of the messages that may wait for Redis. Over it,
	 * publishing is refused.
	 * @param pingInterval How often the connections to Redis are pinged. A ping that is
	 * not answered until the next is a lost connection.
	 * @param partitions Into how many partitions channels are parted for the sharded
	 * pub/sub of a Redis Cluster, such as 64; the same in all processes. 0 means classic
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
	 * @param maxPending How many messages may wait for one listener. Over it, a listener
	 * of the PubSub bean loses the newest, and to a listener of a connection the overflow
	 * policy of that connection applies. As many tasks of a connection may be deferred.
	 */
	public record Listener(@DefaultValue("1024") int maxPending) {

		public Listener {
			PropertyCheck.positive("iodine.pubsub.listener.max-pending", maxPending);
		}

	}

	/**
	 * The way from channels to the clients of an event loop.
	 *
	 * @param maxPending Size of the messages that may wait for one event loop. Over it,
	 * the newest is lost to the clients of that loop.
	 */
	public record Fanout(@DefaultValue("64MB") DataSize maxPending) {

		public Fanout {
			PropertyCheck.positive("iodine.pubsub.fanout.max-pending", maxPending.toBytes());
		}

	}

}
