package io.iodine.pubsub.redis;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import org.jspecify.annotations.Nullable;

/**
 * What there is for each master of a Redis Cluster, found by slot.
 *
 * @param <T> what there is
 */
final class SlotMap<T> {

	private final Map<String, T> byNode = new HashMap<>();

	private final @Nullable Object[] bySlot = new @Nullable Object[SlotHash.SLOT_COUNT];

	private SlotMap() {
	}

	/** One for all slots. */
	static <T> SlotMap<T> ofOne(T one) {
		SlotMap<T> map = new SlotMap<>();
		map.byNode.put("", one);
		Arrays.fill(map.bySlot, one);
		return map;
	}

	/**
	 * Makes one for each server that has slots.
	 * @throws IllegalStateException when a slot has no server
	 */
	static <T> SlotMap<T> of(Partitions servers, Function<RedisClusterNode, T> make) {
		SlotMap<T> map = new SlotMap<>();
		for (int slot = 0; slot < SlotHash.SLOT_COUNT; slot++) {
			RedisClusterNode master = servers.getMasterBySlot(slot);
			if (master == null) {
				throw new IllegalStateException("no server of the Redis Cluster has slot " + slot);
			}
			map.bySlot[slot] = map.byNode.computeIfAbsent(master.getNodeId(), (id) -> make.apply(master));
		}
		return map;
	}

	@SuppressWarnings("unchecked")
	T get(int slot) {
		T found = (T) this.bySlot[slot];
		if (found == null) {
			throw new IllegalStateException("there is no connection to the server of slot " + slot);
		}
		return found;
	}

	Collection<T> values() {
		return this.byNode.values();
	}

}
