package io.iodine.pubsub.redis;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/** Two connections to one Redis, alone or behind Sentinel. */
final class StandaloneLink implements RedisLink {

	private final List<StatefulRedisConnection<byte[], byte[]>> connections;

	private final CommandConnection commands;

	private final SubscriberConnection subscriptions;

	private StandaloneLink(StatefulRedisConnection<byte[], byte[]> commands,
			StatefulRedisPubSubConnection<byte[], byte[]> subscriptions, Events events) {
		this.connections = List.of(commands, subscriptions);
		this.commands = CommandConnection.over(commands, events);
		this.subscriptions = SubscriberConnection.over(subscriptions, events);
	}

	static StandaloneLink open(RedisClient client, boolean history, Events events) {
		StatefulRedisConnection<byte[], byte[]> commands = client.connect(ByteArrayCodec.INSTANCE);
		try {
			StandaloneLink link = new StandaloneLink(commands, client.connectPubSub(ByteArrayCodec.INSTANCE), events);
			link.commands.awaitPing();
			if (history) {
				link.commands.prepareScripts(HistoryStreams.SCRIPTS);
			}
			return link;
		}
		catch (RuntimeException ex) {
			CompletableFuture<Void> unused = ConnectionLossListener.closeLater(commands);
			throw ex;
		}
	}

	@Override
	public CompletionStage<?> subscribe(Collection<Topic> topics) {
		return this.subscriptions.subscribe(topics);
	}

	@Override
	public CompletionStage<?> unsubscribe(Topic topic) {
		return this.subscriptions.unsubscribe(topic);
	}

	@Override
	public CompletionStage<?> publish(byte[] channel, byte[] payload) {
		return this.commands.publish(channel, payload);
	}

	@Override
	public CompletionStage<@Nullable Object> script(ScriptCall call) {
		return this.commands.script(call);
	}

	@Override
	public CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		return this.commands.command(name, args);
	}

	@Override
	public boolean ping() {
		return this.commands.ping() && this.subscriptions.ping();
	}

	@Override
	public void flush() {
		this.commands.flush();
	}

	@Override
	public CompletableFuture<?> close() {
		return CompletableFuture
			.allOf(this.connections.stream().map(ConnectionLossListener::closeLater).toArray(CompletableFuture[]::new));
	}

}
