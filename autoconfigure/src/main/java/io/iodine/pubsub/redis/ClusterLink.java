package io.iodine.pubsub.redis;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a Redis Cluster. Classic channels need one server, for each passes on to
 * all; channels of shards and histories need the server of their slot, so there are
 * connections to each master. The map of slots is read once: an answer that contradicts
 * it ends the link.
 * <p>
 * All are connections to single servers, found by address for commands and by name of the
 * server for subscriptions, because Lettuce's own routing sends again to another server
 * what it had sent to one, and hands a message of a shard to the listeners of two
 * connections.
 */
final class ClusterLink implements RedisLink {

	private final StatefulRedisClusterPubSubConnection<byte[], byte[]> source;

	private final Events events;

	private final boolean sharded;

	private final Map<String, CompletableFuture<CommandConnection>> byAddress = new ConcurrentHashMap<>();

	private final CommandConnection anyCommands;

	private final SlotMap<CommandConnection> commands;

	private final SlotMap<SubscriberConnection> subscribers;

	private ClusterLink(StatefulRedisClusterPubSubConnection<byte[], byte[]> source, boolean sharded, boolean history,
			Events events) {
		this.source = source;
		this.events = events;
		this.sharded = sharded;
		RedisClusterNode any = anyOf(SlotMap.of(source.getPartitions(), (node) -> node).values());
		this.anyCommands = commandsAt(any);
		this.commands = (sharded || history) ? SlotMap.of(source.getPartitions(), this::commandsAt)
				: SlotMap.ofOne(this.anyCommands);
		this.commands.values().forEach(CommandConnection::awaitPing);
		if (history) {
			this.commands.values().forEach((connection) -> connection.prepareScripts(HistoryStreams.SCRIPTS));
		}
		this.subscribers = sharded ? SlotMap.of(source.getPartitions(), this::subscriberAt)
				: SlotMap.ofOne(subscriberAt(any));
	}

	/**
	 * Connects, which blocks.
	 * @param client the client
	 * @param sharded whether channels belong to shards
	 * @param history whether channels have histories
	 * @param events receives the events of the connections
	 * @return the connections
	 */
	static ClusterLink open(RedisClusterClient client, boolean sharded, boolean history, Events events) {
		client.refreshPartitions();
		StatefulRedisClusterPubSubConnection<byte[], byte[]> source = client.connectPubSub(ByteArrayCodec.INSTANCE);
		try {
			return new ClusterLink(source, sharded, history, events);
		}
		catch (RuntimeException ex) {
			CompletableFuture<Void> unused = ConnectionLossListener.closeLater(source);
			throw ex;
		}
	}

	private static RedisClusterNode anyOf(Collection<RedisClusterNode> nodes) {
		return List.copyOf(nodes).get(ThreadLocalRandom.current().nextInt(nodes.size()));
	}

	private CommandConnection commandsAt(RedisClusterNode node) {
		return commandsAt(node.getUri().getHost() + ":" + node.getUri().getPort()).join();
	}

	private CompletableFuture<CommandConnection> commandsAt(String address) {
		int colon = address.lastIndexOf(':');
		return this.byAddress.computeIfAbsent(address,
				(key) -> this.source
					.getConnectionAsync(key.substring(0, colon), Integer.parseInt(key.substring(colon + 1)))
					.thenApply((connection) -> CommandConnection.over(connection, this.events)));
	}

	private SubscriberConnection subscriberAt(RedisClusterNode node) {
		return SubscriberConnection.over(this.source.getConnection(node.getNodeId()), this.events);
	}

	@Override
	public CompletionStage<?> subscribe(Collection<Topic> topics) {
		if (!this.sharded) {
			return this.subscribers.get(0).subscribe(topics);
		}
		Map<Integer, List<Topic>> bySlot = topics.stream().collect(Collectors.groupingBy(ClusterLink::slot));
		return CompletableFuture.allOf(bySlot.entrySet()
			.stream()
			.map((slot) -> this.subscribers.get(slot.getKey()).subscribeToShard(slot.getValue()))
			.map(CompletionStage::toCompletableFuture)
			.toArray(CompletableFuture[]::new));
	}

	@Override
	public CompletionStage<?> unsubscribe(Topic topic) {
		SubscriberConnection subscriber = this.subscribers.get(slot(topic));
		return this.sharded ? subscriber.unsubscribeFromShard(topic) : subscriber.unsubscribe(topic);
	}

	private static int slot(Topic topic) {
		return SlotHash.getSlot(topic.bytes());
	}

	@Override
	public CompletionStage<?> publish(byte[] channel, byte[] payload) {
		return this.sharded ? this.commands.get(SlotHash.getSlot(channel)).publishToShard(channel, payload)
				: this.anyCommands.publish(channel, payload);
	}

	@Override
	public CompletionStage<@Nullable Object> script(ScriptCall call) {
		return this.commands.get(SlotHash.getSlot(call.key())).script(call);
	}

	/** Asks one server, and then the one that it names. */
	@Override
	public CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		return this.anyCommands.command(name, args).exceptionallyCompose((failure) -> {
			List<String> words = Arrays.asList(String.valueOf(failure.getMessage()).split(" "));
			if (!words.contains("MOVED")) {
				throw new CompletionException(failure);
			}
			return commandsAt(words.get(words.size() - 1)).thenCompose((server) -> {
				CompletionStage<@Nullable Object> reply = server.command(name, args);
				server.flush();
				return reply;
			});
		});
	}

	@Override
	public boolean ping() {
		return this.commands.values().stream().allMatch(CommandConnection::ping)
				&& this.subscribers.values().stream().allMatch(SubscriberConnection::ping);
	}

	@Override
	public void flush() {
		this.commands.values().forEach(CommandConnection::flush);
	}

	@Override
	public CompletableFuture<?> close() {
		return ConnectionLossListener.closeLater(this.source);
	}

}
