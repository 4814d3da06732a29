package io.iodine.pubsub.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Channels, patterns and presence members of one worker.
 */
final class WorkerInterest {

	private final Set<String> channels = new HashSet<>();

	private final Set<String> patterns = new HashSet<>();

	private final Map<String, Set<String>> members = new HashMap<>();

	Set<String> channels() {
		return this.channels;
	}

	Set<String> patterns() {
		return this.patterns;
	}

	Set<String> channelsWithMembers() {
		return this.members.keySet();
	}

	void join(String channel, String member) {
		this.members.computeIfAbsent(channel, (name) -> new HashSet<>()).add(member);
	}

	/** Ends the membership; tells whether the channel has no members left here. */
	boolean leave(String channel, String member) {
		Set<String> joined = this.members.get(channel);
		if (joined != null && joined.remove(member) && joined.isEmpty()) {
			this.members.remove(channel);
			return true;
		}
		return false;
	}

	Set<String> members(String channel) {
		return this.members.getOrDefault(channel, Set.of());
	}

}
