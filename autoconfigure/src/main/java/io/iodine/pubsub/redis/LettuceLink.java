package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to one Redis, alone or behind Sentinel. Lettuce's own reconnecting is
 * not used: it waits up to 30 s, and sends again what may have been sent already; so the
 * first break closes both.
 */
final class LettuceLink implements RedisLink {

	private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

	private final StatefulRedisConnection<byte[], byte[]> commands;

	private final StatefulRedisPubSubConnection<byte[], byte[]> subscriptions;

	private final Pulse commandsPulse;

	private final Pulse subscriptionsPulse;

	private LettuceLink(StatefulRedisConnection<byte[], byte[]> commands,
			StatefulRedisPubSubConnection<byte[], byte[]> subscriptions) {
		this.commands = commands;
		this.subscriptions = subscriptions;
		this.commandsPulse = new Pulse(commands.async()::ping);
		this.subscriptionsPulse = new Pulse(subscriptions.async()::ping);
	}

	static LettuceLink open(RedisClient client, Events events) {
		StatefulRedisConnection<byte[], byte[]> commands = client.connect(ByteArrayCodec.INSTANCE);
		try {
			StatefulRedisPubSubConnection<byte[], byte[]> subscriptions = client.connectPubSub(ByteArrayCodec.INSTANCE);
			LettuceLink link = new LettuceLink(commands, subscriptions);
			commands.setAutoFlushCommands(false);
			subscriptions.addListener(new Copies(events, link.subscriptionsPulse));
			Loss loss = new Loss(events);
			commands.addListener(loss);
			subscriptions.addListener(loss);
			if (!commands.isOpen() || !subscriptions.isOpen()) {
				events.lost();
			}
			return link;
		}
		catch (RuntimeException ex) {
			closeLater(commands);
			throw ex;
		}
	}

	@Override
	public CompletionStage<?> subscribe(Collection<Topic> topics) {
		byte[][] channels = names(topics, false);
		byte[][] patterns = names(topics, true);
		CompletableFuture<?> exact = (channels.length > 0)
				? this.subscriptions.async().subscribe(channels).toCompletableFuture() : NOTHING;
		CompletableFuture<?> globs = (patterns.length > 0)
				? this.subscriptions.async().psubscribe(patterns).toCompletableFuture() : NOTHING;
		return CompletableFuture.allOf(exact, globs);
	}

	@Override
	public CompletionStage<?> unsubscribe(Topic topic) {
		byte[] name = bytes(topic.name());
		return topic.pattern() ? this.subscriptions.async().punsubscribe(name)
				: this.subscriptions.async().unsubscribe(name);
	}

	@Override
	public CompletionStage<?> publish(byte[] channel, byte[] payload) {
		return answered(this.commands.async().publish(channel, payload));
	}

	@Override
	public CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
		args.forEach(arguments::add);
		return answered(this.commands.async()
			.dispatch(new CommandName(name), new PlainReply(ByteArrayCodec.INSTANCE), arguments));
	}

	private <T extends @Nullable Object> CompletionStage<T> answered(CompletionStage<T> reply) {
		return reply.thenApply((value) -> {
			this.commandsPulse.felt();
			return value;
		});
	}

	@Override
	public boolean ping() {
		boolean alive = this.commandsPulse.beat() && this.subscriptionsPulse.beat();
		flush();
		return alive;
	}

	@Override
	public void flush() {
		this.commands.flushCommands();
	}

	@Override
	public void close() {
		closeLater(this.commands);
		closeLater(this.subscriptions);
	}

	private static void closeLater(StatefulConnection<?, ?> connection) {
		CompletableFuture<Void> unused = connection.closeAsync();
	}

	private static byte[][] names(Collection<Topic> topics, boolean pattern) {
		return topics.stream()
			.filter((topic) -> topic.pattern() == pattern)
			.map((topic) -> bytes(topic.name()))
			.toArray(byte[][]::new);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** What the subscribing connection brings. */
	private record Copies(Events events, Pulse pulse) implements RedisPubSubListener<byte[], byte[]> {

		@Override
		public void message(byte[] channel, byte[] payload) {
			this.pulse.felt();
			this.events.message(channel, payload);
		}

		@Override
		public void message(byte[] pattern, byte[] channel, byte[] payload) {
			this.pulse.felt();
			this.events.patternMessage(pattern, channel, payload);
		}

		@Override
		public void subscribed(byte[] channel, long count) {
			this.events.subscribed(new Topic(new String(channel, StandardCharsets.UTF_8), false));
		}

		@Override
		public void psubscribed(byte[] pattern, long count) {
			this.events.subscribed(new Topic(new String(pattern, StandardCharsets.UTF_8), true));
		}

		@Override
		public void unsubscribed(byte[] channel, long count) {
			this.events.unsubscribed();
		}

		@Override
		public void punsubscribed(byte[] pattern, long count) {
			this.events.unsubscribed();
		}

	}

	/** The end of either connection. */
	private record Loss(Events events) implements RedisConnectionStateListener {

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
			this.events.lost();
		}

	}

	/** A command by the name that the application gave. */
	private record CommandName(String word) implements ProtocolKeyword {

		@Override
		public byte[] getBytes() {
			return bytes(this.word);
		}

		@Override
		public String toString() {
			return this.word;
		}

	}

}
