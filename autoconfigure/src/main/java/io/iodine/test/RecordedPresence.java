package io.iodine.test;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The channels whose members a test connection joined, and those it follows. */
final class RecordedPresence {

	private final Map<String, String> members = new LinkedHashMap<>();

	private final Map<String, Object> data = new LinkedHashMap<>();

	private final Set<String> followed = new LinkedHashSet<>();

	void join(String channel, String member, @Nullable Object data) {
		this.members.put(channel, member);
		this.data.remove(channel);
		if (data != null) {
			this.data.put(channel, data);
		}
	}

	boolean leave(String channel) {
		this.data.remove(channel);
		return this.members.remove(channel) != null;
	}

	void leaveAll() {
		this.members.clear();
		this.data.clear();
	}

	Map<String, String> members() {
		return Map.copyOf(this.members);
	}

	Optional<Object> data(String channel) {
		return Optional.ofNullable(this.data.get(channel));
	}

	void follow(String channel) {
		this.followed.add(Objects.requireNonNull(channel, "the channel must not be null"));
	}

	boolean unfollow(String channel) {
		return this.followed.remove(channel);
	}

	boolean isFollowed(String channel) {
		return this.followed.contains(channel);
	}

}
