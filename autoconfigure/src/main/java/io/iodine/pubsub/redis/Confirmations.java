package io.iodine.pubsub.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Subscriptions sent to Redis and not yet confirmed, with the messages and history
 * readers that wait for the confirmation, so that a publisher receives its own messages.
 * Owned by the engine's thread.
 */
final class Confirmations {

	private final Map<Topic, Integer> unconfirmed = new HashMap<>();

	private final Map<Topic, Deque<Runnable>> waiting = new HashMap<>();

	void asked(Topic topic) {
		this.unconfirmed.merge(topic, 1, Integer::sum);
	}

	/** One of those asked for was confirmed. */
	void confirmed(Topic topic) {
		this.unconfirmed.computeIfPresent(topic, (key, count) -> (count > 1) ? count - 1 : null);
	}

	int count() {
		return this.unconfirmed.size();
	}

	boolean awaits(Topic topic) {
		return this.unconfirmed.containsKey(topic);
	}

	/** Runs a task when {@link #release released}. */
	void await(Topic topic, Runnable task) {
		this.waiting.computeIfAbsent(topic, (key) -> new ArrayDeque<>()).add(task);
	}

	void release(Topic topic) {
		Deque<Runnable> tasks = this.waiting.remove(topic);
		if (tasks != null) {
			tasks.forEach(Runnable::run);
		}
	}

	void releaseAll() {
		Map<Topic, Deque<Runnable>> all = Map.copyOf(this.waiting);
		this.waiting.clear();
		all.values().forEach((tasks) -> tasks.forEach(Runnable::run));
	}

}
