package io.iodine.pubsub.cluster;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.iodine.process.RelayPeer;
import io.iodine.pubsub.GlobPattern;

/**
 * Subscriptions and presence members of the workers. Owned by the event loop of the
 * master.
 */
final class InterestTable {

	private final Map<RelayPeer, WorkerInterest> workers = new LinkedHashMap<>();

	private final Map<String, Set<RelayPeer>> channels = new HashMap<>();

	private final Map<String, PatternInterest> patterns = new LinkedHashMap<>();

	private final Map<String, Set<RelayPeer>> channelsWithMembers = new HashMap<>();

	void joined(RelayPeer worker) {
		this.workers.put(worker, new WorkerInterest());
	}

	void left(RelayPeer worker) {
		WorkerInterest interest = this.workers.remove(worker);
		if (interest != null) {
			interest.channels().forEach((channel) -> remove(this.channels, channel, worker));
			interest.patterns().forEach((glob) -> removePattern(glob, worker));
			interest.channelsWithMembers().forEach((channel) -> remove(this.channelsWithMembers, channel, worker));
		}
	}

	Set<RelayPeer> workers() {
		return this.workers.keySet();
	}

	void subscribe(RelayPeer worker, String name, boolean pattern) {
		WorkerInterest interest = interest(worker);
		if (pattern) {
			interest.patterns().add(name);
			this.patterns.computeIfAbsent(name, PatternInterest::of).workers.add(worker);
		}
		else {
			interest.channels().add(name);
			this.channels.computeIfAbsent(name, (channel) -> new LinkedHashSet<>()).add(worker);
		}
	}

	void unsubscribe(RelayPeer worker, String name, boolean pattern) {
		WorkerInterest interest = interest(worker);
		if (pattern) {
			interest.patterns().remove(name);
			removePattern(name, worker);
		}
		else {
			interest.channels().remove(name);
			remove(this.channels, name, worker);
		}
	}

	/** The workers that have subscribers of a channel, each once. */
	Set<RelayPeer> subscribers(String channel) {
		Set<RelayPeer> exact = this.channels.getOrDefault(channel, Set.of());
		if (this.patterns.isEmpty()) {
			return exact;
		}
		Set<RelayPeer> all = new LinkedHashSet<>(exact);
		byte[] name = channel.getBytes(StandardCharsets.UTF_8);
		this.patterns.values()
			.stream()
			.filter((pattern) -> pattern.glob.matches(name))
			.forEach((pattern) -> all.addAll(pattern.workers));
		return all;
	}

	void join(RelayPeer worker, String channel, String member) {
		interest(worker).join(channel, member);
		this.channelsWithMembers.computeIfAbsent(channel, (name) -> new LinkedHashSet<>()).add(worker);
	}

	void leave(RelayPeer worker, String channel, String member) {
		if (interest(worker).leave(channel, member)) {
			remove(this.channelsWithMembers, channel, worker);
		}
	}

	Set<String> members(String channel) {
		Set<String> members = new HashSet<>();
		this.channelsWithMembers.getOrDefault(channel, Set.of())
			.forEach((worker) -> members.addAll(interest(worker).members(channel)));
		return members;
	}

	/** Whether nothing is remembered of anybody. */
	boolean isEmpty() {
		return this.channels.isEmpty() && this.patterns.isEmpty() && this.channelsWithMembers.isEmpty();
	}

	private WorkerInterest interest(RelayPeer worker) {
		WorkerInterest interest = this.workers.get(worker);
		if (interest == null) {
			throw new IllegalStateException("worker " + worker.number() + " is not connected");
		}
		return interest;
	}

	private void removePattern(String glob, RelayPeer worker) {
		PatternInterest pattern = this.patterns.get(glob);
		if (pattern != null && pattern.workers.remove(worker) && pattern.workers.isEmpty()) {
			this.patterns.remove(glob);
		}
	}

	private static void remove(Map<String, Set<RelayPeer>> table, String name, RelayPeer worker) {
		Set<RelayPeer> workers = table.get(name);
		if (workers != null && workers.remove(worker) && workers.isEmpty()) {
			table.remove(name);
		}
	}

	/**
	 * Workers with subscribers of a pattern.
	 *
	 * @param glob the pattern
	 * @param workers the workers
	 */
	private record PatternInterest(GlobPattern glob, Set<RelayPeer> workers) {

		static PatternInterest of(String glob) {
			return new PatternInterest(GlobPattern.compile(glob), new LinkedHashSet<>());
		}

	}

}
