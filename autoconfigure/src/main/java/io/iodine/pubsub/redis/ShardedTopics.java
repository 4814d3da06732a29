package io.iodine.pubsub.redis;

import java.util.HashSet;
import java.util.Set;

/**
 * The topics this process must be subscribed to. Patterns on shards need the relay of
 * every partition, from the first pattern to the last. Owned by the engine's thread.
 */
final class ShardedTopics {

	private final ChannelNames names;

	private final RedisConnections connections;

	private final Set<String> shardedPatterns = new HashSet<>();

	ShardedTopics(ChannelNames names, RedisConnections connections) {
		this.names = names;
		this.connections = connections;
	}

	void begin(String name, boolean pattern) {
		if (!pattern) {
			this.connections.subscribe(this.names.channel(name));
		}
		else if (!this.names.areSharded()) {
			this.connections.subscribe(this.names.pattern(name));
		}
		else if (this.shardedPatterns.add(name) && this.shardedPatterns.size() == 1) {
			this.names.relays().forEach(this.connections::subscribe);
		}
	}

	void end(String name, boolean pattern) {
		if (!pattern) {
			this.connections.unsubscribe(this.names.channel(name));
		}
		else if (!this.names.areSharded()) {
			this.connections.unsubscribe(this.names.pattern(name));
		}
		else if (this.shardedPatterns.remove(name) && this.shardedPatterns.isEmpty()) {
			this.names.relays().forEach(this.connections::unsubscribe);
		}
	}

}
