package io.iodine.pubsub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.iodine.PresenceMember;
import org.jspecify.annotations.Nullable;

/**
 * Tells a store who joined and left, few calls at a time, so that many members neither
 * flood the store nor take the place of messages. Waiting changes are sent as their last
 * state only. Guarded by its owner's lock.
 */
final class PresenceAnnouncer {

	private static final int MAX_CALLS = 256;

	private static final int MEMBERS_A_CALL = 200;

	private final Object lock;

	private final Membership membership;

	private PresenceStore store;

	private final Map<String, Set<PresenceMember>> left = new LinkedHashMap<>();

	private final Map<String, Set<String>> joined = new LinkedHashMap<>();

	private int calls;

	private boolean telling;

	/**
	 * Announces.
	 * @param lock guards this, and is taken when a call has been answered
	 * @param store is told
	 * @param membership knows who is there now
	 */
	PresenceAnnouncer(Object lock, PresenceStore store, Membership membership) {
		this.lock = lock;
		this.store = store;
		this.membership = membership;
	}

	void use(PresenceStore next) {
		this.store = next;
	}

	void joined(String channel, String member) {
		this.joined.computeIfAbsent(channel, (name) -> new LinkedHashSet<>()).add(member);
		announce();
	}

	void left(String channel, PresenceMember member) {
		this.left.computeIfAbsent(channel, (name) -> new LinkedHashSet<>()).add(member);
		announce();
	}

	/** Whether everything was sent and answered. */
	boolean isIdle() {
		return this.calls == 0 && this.left.isEmpty() && this.joined.isEmpty();
	}

	private void announce() {
		if (this.telling) {
			return;
		}
		this.telling = true;
		try {
			while (this.calls < MAX_CALLS && !(this.left.isEmpty() && this.joined.isEmpty())) {
				if (!this.left.isEmpty()) {
					tellLeft();
				}
				else {
					tellJoined();
				}
			}
		}
		finally {
			this.telling = false;
		}
	}

	private void tellLeft() {
		String channel = this.left.keySet().iterator().next();
		List<PresenceMember> members = new ArrayList<>();
		for (PresenceMember member : next(this.left, channel)) {
			if (!member.equals(this.membership.member(channel, member.name()))) {
				members.add(member);
			}
		}
		if (!members.isEmpty()) {
			call(this.store.remove(channel, members));
		}
	}

	private void tellJoined() {
		String channel = this.joined.keySet().iterator().next();
		List<PresenceMember> members = new ArrayList<>();
		for (String name : next(this.joined, channel)) {
			PresenceMember member = this.membership.member(channel, name);
			if (member != null) {
				members.add(member);
			}
		}
		if (!members.isEmpty()) {
			call(this.store.refresh(channel, members));
		}
	}

	private static <T> Collection<T> next(Map<String, Set<T>> waiting, String channel) {
		Set<T> all = waiting.getOrDefault(channel, Set.of());
		List<T> some = new ArrayList<>();
		for (Iterator<T> each = all.iterator(); each.hasNext() && some.size() < MEMBERS_A_CALL;) {
			some.add(each.next());
			each.remove();
		}
		if (all.isEmpty()) {
			waiting.remove(channel);
		}
		return some;
	}

	/** What the store doesn't take is said again, or expires by itself, in time. */
	private void call(CompletionStage<?> answer) {
		this.calls++;
		answer.whenComplete((done, failure) -> {
			synchronized (this.lock) {
				this.calls--;
				announce();
			}
		});
	}

	/** Who is there now. */
	@FunctionalInterface
	interface Membership {

		/** A member of a channel; null when it has not joined in this process. */
		@Nullable PresenceMember member(String channel, String name);

	}

}
