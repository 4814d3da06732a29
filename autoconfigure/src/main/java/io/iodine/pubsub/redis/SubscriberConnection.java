package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;

/** A connection that subscribes. */
final class SubscriberConnection {

	private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

	private final RedisPubSubAsyncCommands<byte[], byte[]> commands;

	private final RedisLink.Events events;

	private final Heartbeat pulse;

	/** Channels of a shard whose end was asked for; others are taken away by Redis. */
	private final Map<Topic, Integer> leaving = new ConcurrentHashMap<>();

	private SubscriberConnection(StatefulRedisPubSubConnection<byte[], byte[]> connection, RedisLink.Events events) {
		this.commands = connection.async();
		this.events = events;
		this.pulse = new Heartbeat(this::sendPing);
	}

	static SubscriberConnection over(StatefulRedisPubSubConnection<byte[], byte[]> connection,
			RedisLink.Events events) {
		SubscriberConnection subscriber = new SubscriberConnection(connection, events);
		connection.addListener(subscriber.new Copies());
		ConnectionLossListener.watch(connection, events);
		return subscriber;
	}

	CompletionStage<?> subscribe(Collection<Topic> topics) {
		byte[][] channels = names(topics, false);
		byte[][] patterns = names(topics, true);
		CompletableFuture<?> exact = (channels.length > 0)
				? answered(this.commands.subscribe(channels)).toCompletableFuture() : NOTHING;
		CompletableFuture<?> globs = (patterns.length > 0)
				? answered(this.commands.psubscribe(patterns)).toCompletableFuture() : NOTHING;
		return CompletableFuture.allOf(exact, globs);
	}

	CompletionStage<?> unsubscribe(Topic topic) {
		byte[] name = topic.bytes();
		return topic.pattern() ? this.commands.punsubscribe(name) : this.commands.unsubscribe(name);
	}

	/** Subscribes to channels that are all in one slot. */
	CompletionStage<?> subscribeToShard(Collection<Topic> topics) {
		return answered(this.commands.ssubscribe(names(topics, false)));
	}

	CompletionStage<?> unsubscribeFromShard(Topic topic) {
		this.leaving.merge(topic, 1, Integer::sum);
		return this.commands.sunsubscribe(topic.bytes());
	}

	private void sendPing() {
		CompletionStage<?> unused = answered(this.commands.ping());
	}

	private <T> CompletionStage<T> answered(CompletionStage<T> reply) {
		return ConnectionLossListener.answered(reply, this.events, this.pulse::felt);
	}

	boolean ping() {
		return this.pulse.beat();
	}

	private static byte[][] names(Collection<Topic> topics, boolean pattern) {
		return topics.stream().filter((topic) -> topic.pattern() == pattern).map(Topic::bytes).toArray(byte[][]::new);
	}

	/** What the connection brings, on its event loop. */
	private final class Copies implements RedisPubSubListener<byte[], byte[]> {

		private final PatternDuplicateFilter boundary = new PatternDuplicateFilter();

		@Override
		public void message(byte[] channel, byte[] payload) {
			SubscriberConnection.this.pulse.felt();
			this.boundary.channelCopy(channel, payload);
			SubscriberConnection.this.events.message(channel, payload);
		}

		@Override
		public void message(byte[] pattern, byte[] channel, byte[] payload) {
			SubscriberConnection.this.pulse.felt();
			String name = new String(pattern, StandardCharsets.UTF_8);
			if (this.boundary.patternCopy(name, channel, payload)) {
				SubscriberConnection.this.events.message(channel, payload);
			}
		}

		@Override
		public void smessage(byte[] channel, byte[] payload) {
			SubscriberConnection.this.pulse.felt();
			SubscriberConnection.this.events.message(channel, payload);
		}

		@Override
		public void subscribed(byte[] channel, long count) {
			begun(Topic.of(channel, false));
		}

		@Override
		public void psubscribed(byte[] pattern, long count) {
			begun(Topic.of(pattern, true));
		}

		@Override
		public void ssubscribed(byte[] channel, long count) {
			begun(Topic.of(channel, false));
		}

		@Override
		public void unsubscribed(byte[] channel, long count) {
			ended(Topic.of(channel, false));
		}

		@Override
		public void punsubscribed(byte[] pattern, long count) {
			ended(Topic.of(pattern, true));
		}

		@Override
		public void sunsubscribed(byte[] channel, long count) {
			Topic topic = Topic.of(channel, false);
			boolean[] asked = new boolean[1];
			SubscriberConnection.this.leaving.computeIfPresent(topic, (key, times) -> {
				asked[0] = true;
				return (times > 1) ? times - 1 : null;
			});
			if (asked[0]) {
				ended(topic);
			}
			else {
				SubscriberConnection.this.events.lost("the slot of a channel has moved to another server");
			}
		}

		private void begun(Topic topic) {
			this.boundary.reset();
			SubscriberConnection.this.events.subscribed(topic);
		}

		private void ended(Topic topic) {
			this.boundary.reset();
			SubscriberConnection.this.events.unsubscribed(topic);
		}

	}

}
