package io.iodine.pubsub.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which subscriptions Redis was told of and has not confirmed, and what waits for that:
 * messages, so that who publishes hears them, and readers. Owned by the engine's thread.
 */
final class Confirmations {

	private final Map<Topic, Integer> unconfirmed = new HashMap<>();

	private final Map<Topic, Deque<Runnable>> waiting = new HashMap<>();

	void asked(Topic topic) {
		this.unconfirmed.merge(topic, 1, Integer::sum);
	}

	/**
	 * One of those asked for was confirmed.
	 * @return whether none is left for this topic
	 */
	boolean confirmed(Topic topic) {
		return this.unconfirmed.computeIfPresent(topic, (key, count) -> (count > 1) ? count - 1 : null) == null;
	}

	int count() {
		return this.unconfirmed.size();
	}

	/** Runs a task at once, or when {@link #release released}. */
	void whenConfirmed(Topic topic, Runnable task) {
		if (this.unconfirmed.containsKey(topic)) {
			this.waiting.computeIfAbsent(topic, (key) -> new ArrayDeque<>()).add(task);
		}
		else {
			task.run();
		}
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
